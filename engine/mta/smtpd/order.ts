/** What a command is told that comes out of order: the chart said no, and Postfix has a sentence for each case. */
import type { Verb } from '#protocol/smtp/commands/index.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import type { Conversation } from './conversation.ts'

const bad = (text: string): Reply => reply(503, '5.5.1', `Error: ${text}`, 'RFC 5321 §4.1.4')

export function outOfOrder(verb: Verb, state: string, now: Conversation): Reply {
  const inTransaction = now.transaction !== null
  const ungreeted = now.helo === null
  const afterBdat = state === 'chunks' || state === 'discarding'
  switch (verb) {
    case 'MAIL':
      if (inTransaction) return bad('nested MAIL command')
      return bad(afterBdat ? 'MAIL after BDAT' : 'send HELO/EHLO first')
    case 'RCPT':
      return bad(inTransaction && afterBdat ? 'RCPT after BDAT' : 'need MAIL command')
    case 'DATA':
      if (afterBdat) return bad('DATA after BDAT')
      return inTransaction ? reply(554, '5.5.1', 'Error: no valid recipients') : bad('need RCPT command')
    case 'ETRN':
      // No enhanced status code here, in Postfix too.
      return reply(
        503,
        null,
        ungreeted ? 'Error: send HELO/EHLO first' : 'Error: MAIL transaction in progress',
      )
    case 'XCLIENT':
    case 'XFORWARD':
      return bad('MAIL transaction in progress')
    default:
      return bad(ungreeted ? 'send HELO/EHLO first' : 'bad sequence of commands')
  }
}
