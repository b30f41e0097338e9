/** stop, discard and redirect. RFC 5228 §3.3, §4.2, §4.4. */
import { SieveRuntimeError } from '../run.ts'
import { next, type CommandSpecification } from '../specification.ts'
import { copyTag } from './store.ts'
import { readSingleAddress, writeAddress } from './mail-address.ts'

export const stop: CommandSpecification = {
  kind: 'command',
  identifier: 'stop',
  positional: 0,
  compile:
    ({ node }) =>
    (run) => {
      run.did(node, 'script ends')
      return { kind: 'stop' }
    },
}

export const discard: CommandSpecification = {
  kind: 'command',
  identifier: 'discard',
  positional: 0,
  compile:
    ({ node }) =>
    (run) => {
      run.decide({ at: run.place(node.at), kind: 'discard' })
      run.did(node, 'cancel implicit keep')
      return next
    },
}

export const redirect: CommandSpecification = {
  kind: 'command',
  identifier: 'redirect',
  positional: 1,
  compile(check) {
    const address = check.string(0, 'address')
    if (address === null) return null
    const complaint = (text: string, problem: string) =>
      `specified redirect address '${text}' is invalid: ${problem}`
    if (address.constant !== null) {
      const reading = readSingleAddress(address.constant)
      if (!reading.ok) {
        check.error(complaint(address.constant, reading.problem), address.at)
        return null
      }
    }
    const { node } = check
    const copy = check.given(copyTag) !== null
    return (run) => {
      const text = address.expand(run)
      const reading = readSingleAddress(text)
      if (!reading.ok) throw new SieveRuntimeError(complaint(text, reading.problem), null)
      run.decide({ at: run.place(node.at), kind: 'redirect', address: writeAddress(reading), copy })
      run.did(node, `forward message to address ${writeAddress(reading)}`)
      return next
    }
  },
}
