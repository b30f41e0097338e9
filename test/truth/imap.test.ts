// Every recorded IMAP dialogue with a real Dovecot 2.3: each reply to the letter, and what lay in the mailboxes after it.
import { createImapd } from '#mra/imapd/imapd.ts'
import { replayMailboxCases } from './mailbox-suite.ts'

/** Dovecot lists mailboxes as the directory has them. */
function listsInOrder(reply: readonly string[]): readonly string[] {
  const lists = reply.filter((line) => line.startsWith('* LIST ')).sort()
  return [...lists, ...reply.filter((line) => !line.startsWith('* LIST '))]
}

/** How much room a mbox keeps for flags to come is a matter of its history. */
const withoutPadding = (outcome: unknown): unknown =>
  JSON.parse(JSON.stringify(outcome).replace(/(X-(?:UID|Keywords):[^\\]*?) +(?=\\n)/g, '$1'))

replayMailboxCases(
  'imap',
  ({ machine, sasl, stores, settings }) => {
    const imapd = createImapd({ machine, sasl, stores, settings: settings('imap') })
    return { imap: (connection, tls) => imapd.accept(connection, { tls }) }
  },
  {
    // NOT (SEEN ANSWERED) finds a message that is seen but not answered. Dovecot 2.3 misses it when it stands before the
    // first unseen one; RFC 3501 §6.4.4 leaves no doubt.
    'imap/search/logic': 'a search of Dovecot misses a message',
  },
  listsInOrder,
  withoutPadding,
)
