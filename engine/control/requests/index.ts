/** All that the page may ask, a file a kind; the schemas stand in `trace/requests.ts`. */
import type { ControlRequest } from '#trace/requests.ts'
import { clockAdvance, clockPause, clockResume } from './clock.ts'
import type { RequestHandler } from './context.ts'
import { faultClear, faultSet } from './fault.ts'
import { fileRead, fileWrite } from './file.ts'
import { hostRun } from './host-run.ts'
import { muaSubmit } from './mua-submit.ts'
import { scenarioRun } from './scenario-run.ts'
import { terminalClose, terminalOpen, terminalSend, terminalStarttls } from './terminal.ts'
import { whyFlips } from './why.ts'

export { RequestRefused, type RequestContext } from './context.ts'

export const requests: { readonly [T in ControlRequest['type']]: RequestHandler<T> } = {
  'terminal.open': terminalOpen,
  'terminal.send': terminalSend,
  'terminal.starttls': terminalStarttls,
  'terminal.close': terminalClose,
  'host.run': hostRun,
  'file.read': fileRead,
  'file.write': fileWrite,
  'clock.advance': clockAdvance,
  'clock.pause': clockPause,
  'clock.resume': clockResume,
  'scenario.run': scenarioRun,
  'mua.submit': muaSubmit,
  'why.flips': whyFlips,
  'fault.set': faultSet,
  'fault.clear': faultClear,
}
