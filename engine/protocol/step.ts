/**
 * Steps a chart for a session that keeps its snapshot itself.
 *
 * xstate's own `transition()` makes an actor, and with it the chart's first snapshot, for each event; a session takes
 * dozens of events for each letter. Our charts only say what may come next and start nothing, so one actor that never
 * runs serves all sessions.
 */
import { createActor } from 'xstate'
import type { AnyStateMachine, EventFrom, InputFrom, SnapshotFrom } from 'xstate'

/** `input`: any that the chart takes; the snapshots that are stepped bring their own. */
export function stepper<M extends AnyStateMachine>(
  chart: M,
  ...[input]: undefined extends InputFrom<M> ? [input?: InputFrom<M>] : [input: InputFrom<M>]
): (snapshot: SnapshotFrom<M>, event: EventFrom<M>) => SnapshotFrom<M> {
  const self = createActor<AnyStateMachine>(chart, { input })
  const scope: Parameters<AnyStateMachine['transition']>[2] = {
    self,
    system: self.system,
    id: self.id,
    sessionId: self.sessionId,
    logger: nothing,
    defer: nothing,
    stopChild: nothing,
    emit: nothing,
    actionExecutor: nothing,
  }
  return (snapshot, event) => chart.transition(snapshot, event, scope) as SnapshotFrom<M>
}

const nothing = () => undefined
