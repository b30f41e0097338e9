// Every recorded Sieve script, tried with a real Pigeonhole 0.5 through LMTP: what lay where, what was sent, what was logged.
import { sieveDaemons } from './sieve-daemons.ts'
import { replayMailboxCases } from './mailbox-suite.ts'

replayMailboxCases('sieve', sieveDaemons)
