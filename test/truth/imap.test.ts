// Every recorded IMAP dialogue with a real Dovecot 2.3: each reply to the letter, and what lay in the mailboxes after it.
import { createImapd } from '#mra/imapd/imapd.ts'
import { replayMailboxCases } from './mailbox-suite.ts'

replayMailboxCases('imap', ({ machine, sasl, stores, settings }) => {
  const imapd = createImapd({ machine, sasl, stores, settings: settings('imap') })
  return { imap: (connection, tls) => imapd.accept(connection, { tls }) }
})
