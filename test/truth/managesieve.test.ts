// Every recorded ManageSieve dialogue with a real Pigeonhole 0.5: each answer to the letter, and which scripts lay there after it.
import { manageSieveDaemons } from './sieve-daemons.ts'
import { replayMailboxCases } from './mailbox-suite.ts'

/** Pigeonhole lists scripts as the folder has them: in no order. */
const ordered = (reply: readonly string[]): readonly string[] =>
  reply.at(-1)?.includes('Listscripts') ? [...reply].sort() : reply

replayMailboxCases('managesieve', manageSieveDaemons, {}, ordered)
