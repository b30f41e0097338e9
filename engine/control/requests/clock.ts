/** Lab time: forward, halted, running. */
import { advanceClock } from '#control/clock.ts'
import { RequestRefused, type RequestHandler } from './context.ts'

export const clockAdvance: RequestHandler<'clock.advance'> = async ({ by }, { lab }) => {
  if (!(await advanceClock(lab, by)))
    throw new RequestRefused('by', `${by} is not a duration such as 30s, 5m, 2h, 1d`)
  return { now: lab.clock.now() }
}

export const clockPause: RequestHandler<'clock.pause'> = (_, { lab }) => {
  lab.clock.pause()
  lab.emit({ type: 'clock.changed', change: 'paused' })
  return {}
}

export const clockResume: RequestHandler<'clock.resume'> = (_, { lab }) => {
  lab.clock.resume()
  lab.emit({ type: 'clock.changed', change: 'resumed' })
  return {}
}
