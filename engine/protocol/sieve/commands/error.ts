/** error: ends the script as if it had gone wrong, in its author's own words. RFC 5463 §4. debug_log: writes a line to the log. */
import { SieveRuntimeError } from '../run.ts'
import { next, type CommandSpecification } from '../specification.ts'

export const error: CommandSpecification = {
  kind: 'command',
  identifier: 'error',
  positional: 1,
  compile(check) {
    const message = check.string(0, 'message')
    const { node } = check
    return message === null
      ? null
      : (run) => {
          const text = message.expand(run)
          run.did(node, text)
          throw new SieveRuntimeError(text, null)
        }
  },
}

export const debug_log: CommandSpecification = {
  kind: 'command',
  identifier: 'debug_log',
  positional: 1,
  compile(check) {
    const message = check.string(0, 'message')
    const { node } = check
    return message === null
      ? null
      : (run) => {
          const text = message.expand(run)
          run.log('info', `DEBUG: ${text}`)
          run.did(node, text)
          return next
        }
  },
}
