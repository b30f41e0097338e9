// Every recorded POP3 dialogue with a real Dovecot 2.3: each reply to the letter, and what lay in the mailboxes after it.
import { createPop3d } from '#mra/pop3d/pop3d.ts'
import { replayMailboxCases } from './mailbox-suite.ts'

replayMailboxCases('pop3', ({ machine, sasl, stores, settings }) => {
  const pop3d = createPop3d({ machine, sasl, stores, settings: settings('pop3') })
  return { pop3: (connection, tls) => pop3d.accept(connection, { tls }) }
})
