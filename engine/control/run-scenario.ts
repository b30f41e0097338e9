/** Plays a scenario on a lab: its clients are real connections, its expectations are asked of the trace. */
import type { Check } from '#scenario/checks.ts'
import { judge } from '#scenario/checks.ts'
import { factMatches, writeFactPattern, type FactPattern } from '#scenario/fact.ts'
import { parseScript, type Step } from '#scenario/script.ts'
import type { TraceEvent } from '#trace/events.ts'
import { emptyWorld, fold } from '#trace/fold.ts'
import { readFault } from './faults.ts'
import type { LabHandle } from './lab-handle.ts'
import { fetchWith, submitWith } from './mail-agent.ts'
import { ScenarioClients } from './scenario-clients.ts'
import { within } from './within.ts'

export type Expectation = {
  readonly line: number
  readonly text: string
  readonly held: boolean
  readonly why: string
}

export type ScenarioResult =
  | { readonly ok: true; readonly held: boolean; readonly expectations: readonly Expectation[] }
  /** Each as `file:line:column: sentence`. Nothing was played. */
  | { readonly ok: false; readonly problems: readonly string[] }

/** How long (ms of lab time) an expectation may wait for what is under way. */
const patience = 10_000

/** `name`: the file, for problems and for the trace. */
export async function runScenarioText(lab: LabHandle, text: string, name: string): Promise<ScenarioResult> {
  const { steps, problems } = parseScript(text)
  const wrong = [...problems, ...unknownHosts(lab, steps)]
  if (wrong.length > 0) {
    return {
      ok: false,
      problems: wrong.map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`),
    }
  }
  const play = new Play(lab, name)
  try {
    for (const step of steps) if (!(await play.step(step))) break
  } finally {
    play.end()
  }
  const { expectations } = play
  return { ok: true, held: expectations.every(({ held }) => held), expectations }
}

function* unknownHosts(lab: LabHandle, steps: readonly Step[]) {
  for (const step of steps) {
    if (step.kind !== 'run' && step.kind !== 'file' && step.kind !== 'restart') continue
    if (lab.disk(step.host) === null) {
      yield { line: step.line, column: 1, message: `the lab has no host ${step.host}` }
    }
  }
}

class Play {
  readonly expectations: Expectation[] = []
  readonly #lab: LabHandle
  readonly #name: string
  readonly #clients: ScenarioClients
  /** Events before the scenario began do not count. */
  readonly #from: number

  constructor(lab: LabHandle, name: string) {
    this.#lab = lab
    this.#name = name
    this.#from = lab.trace.head + 1
    this.#clients = new ScenarioClients(lab, patience)
  }

  /** False when the scenario cannot go on. */
  async step(step: Step): Promise<boolean> {
    const { line, text } = step
    this.#lab.emit({ type: 'scenario.step', scenario: this.#name, line, text })
    const why = await this.#do(step)
    const asked =
      step.kind === 'expect' || step.kind === 'check' || step.kind === 'wait' || step.kind === 'receive'
    if (!asked && why === null) return true
    const held = why === null
    this.expectations.push({ line, text, held, why: why ?? '' })
    this.#lab.emit({ type: 'scenario.expected', scenario: this.#name, line, text, held, why: why ?? '' })
    // A dialogue that took another way than the script's cannot be spoken to its end; a fact that is missing can be reported.
    return held || step.kind === 'expect' || step.kind === 'check'
  }

  end(): void {
    this.#clients.close()
  }

  /** Null, or the reason why it did not come out as written. */
  async #do(step: Step): Promise<string | null> {
    const lab = this.#lab
    switch (step.kind) {
      case 'client':
        return this.#clients.open(step)
      case 'send':
        return this.#clients.send(step.client, step.sent)
      case 'receive':
        return this.#clients.receive(step.client, step.pattern)
      case 'starttls':
        return this.#clients.startTls(step.client)
      case 'hangup':
        return this.#clients.hangUp(step.client)
      case 'auth':
        return this.#clients.authenticate(step.client, step)
      case 'data':
        return this.#clients.sendData(step.client, step.lines)
      case 'expect':
        return step.wanted === 'none' ? this.#never(step.fact) : this.#sometime(step.fact, patience)
      case 'wait':
        return this.#sometime(step.fact, step.within)
      case 'check':
        return this.#check(step.check)
      case 'advance':
        lab.emit({ type: 'clock.changed', change: 'advanced', by: step.by })
        await lab.clock.advance(step.by)
        return null
      case 'narrate':
        lab.emit({ type: 'narration', en: step.en, zh: step.zh })
        return null
      case 'run': {
        const result = await lab.run(step.host, { user: step.user, command: step.command, stdin: '' })
        return result.exit === 0 ? null : `exit ${result.exit}: ${(result.stderr || result.stdout).trim()}`
      }
      case 'file':
        await lab.disk(step.host)?.commit([{ kind: 'write', path: step.path, bytes: step.content }])
        lab.emit({ type: 'host.file', path: step.path, change: 'written', by: 'scenario' }, step.host)
        return null
      case 'fault': {
        const fault = readFault(step.fault)
        if (fault === null) return `"${step.fault}" is no fault`
        lab.addFault(fault)
        return null
      }
      case 'mend':
        lab.clearFaults()
        return null
      case 'restart':
        await lab.restart(step.host)
        return null
      case 'submit':
        return submitWith(lab, step)
      case 'fetch':
        return fetchWith(lab, step)
      default:
        return step satisfies never
    }
  }

  async #sometime(fact: FactPattern, milliseconds: number): Promise<string | null> {
    return (await this.#until(milliseconds, (events) => events.some((event) => factMatches(fact, event))))
      ? null
      : `nothing in the trace is ${writeFactPattern(fact)}`
  }

  async #never(fact: FactPattern): Promise<string | null> {
    await within(this.#lab.clock, patience, this.#lab.clock.settled())
    const found = (await this.#events()).find((event) => factMatches(fact, event))
    return found === undefined ? null : `event ${found.seq} is ${writeFactPattern(fact)}`
  }

  async #check(check: Check): Promise<string | null> {
    let world = emptyWorld
    let why = ''
    const held = await this.#until(patience, async () => {
      const all = await this.#lab.trace.read(1, Infinity)
      world = fold(all, world)
      const judgement = judge(check, world, all)
      why = judgement.why.en
      return judgement.done
    })
    return held ? null : why
  }

  /** Asks at once, again after each batch of events, and a last time when the time is up. */
  async #until(
    milliseconds: number,
    ask: (events: readonly TraceEvent[]) => boolean | Promise<boolean>,
  ): Promise<boolean> {
    let asking: Promise<unknown> = Promise.resolve()
    let unsubscribe = () => {}
    const found = new Promise<true>((resolve, reject) => {
      const again = () => {
        asking = asking.then(async () => (await ask(await this.#events())) && resolve(true)).catch(reject)
      }
      unsubscribe = this.#lab.trace.subscribe(again)
      again()
    })
    const result = await within(this.#lab.clock, milliseconds, found)
    unsubscribe()
    return result ?? ask(await this.#events())
  }

  #events(): Promise<readonly TraceEvent[]> {
    return this.#lab.trace.read(this.#from, Infinity)
  }
}
