/** reject and ereject: the sender is told why the letter is not taken. RFC 5429. */
import { next, type CommandSpecification } from '../specification.ts'

const refusing = (identifier: 'reject' | 'ereject'): CommandSpecification => ({
  kind: 'command',
  identifier,
  positional: 1,
  compile(check) {
    const reason = check.string(0, 'reason')
    if (reason === null) return null
    const { node } = check
    return (run) => {
      const text = reason.expand(run)
      run.decide({ at: run.place(node.at), kind: 'reject', reason: text, by: identifier })
      run.did(node, `reject message with reason: ${text}`)
      return next
    }
  },
})

export const reject = refusing('reject')
export const ereject = refusing('ereject')
