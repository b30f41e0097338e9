// Every recorded ManageSieve dialogue with a real Pigeonhole 0.5: each answer to the letter, and which scripts lay there after it.
import { manageSieveDaemons } from './sieve-daemons.ts'
import { replayMailboxCases } from './mailbox-suite.ts'

replayMailboxCases('managesieve', manageSieveDaemons)
