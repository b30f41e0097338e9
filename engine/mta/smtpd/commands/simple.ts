/** RSET, NOOP and QUIT: the commands that decide nothing. */
import type { Bare } from '#protocol/smtp/commands/bare.ts'
import { reply } from '#protocol/smtp/reply.ts'
import { noTransaction } from '../conversation.ts'
import type { Handler } from '../handler.ts'

const ok = reply(250, '2.0.0', 'Ok')

export const rset: Handler<Bare<'RSET'>> = () => ({
  reply: ok,
  steps: [{ type: 'RSET' }],
  change: noTransaction,
})

export const noop: Handler<Bare<'NOOP'>> = () => ({ reply: ok, steps: [{ type: 'NOOP' }] })

export const quit: Handler<Bare<'QUIT'>> = () => ({
  reply: reply(221, '2.0.0', 'Bye'),
  steps: [{ type: 'QUIT' }],
})
