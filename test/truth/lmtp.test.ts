// Every recorded LMTP dialogue with a real Dovecot 2.3: each reply to the letter, and what lay in the mailboxes after it.
import { createLmtpd } from '#mda/lmtpd/lmtpd.ts'
import { replayMailboxCases } from './mailbox-suite.ts'

replayMailboxCases('lmtp', ({ machine, stores, settings }) => {
  const lmtpd = createLmtpd({ machine, stores, settings: settings('lmtp') })
  return { lmtp: (connection) => lmtpd.accept(connection) }
})
