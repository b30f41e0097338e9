// Every recorded IMAP dialogue with a real Dovecot 2.3: each reply to the letter, and what lay in the mailboxes after it.
import { createImapd } from '#mra/imapd/imapd.ts'
import { replayMailboxCases } from './mailbox-suite.ts'

/** Dovecot lists mailboxes, and how they stand, as the directory has them. */
function listsInOrder(reply: readonly string[]): readonly string[] {
  const isList = (line: string) => /^\* (?:LIST|LSUB|STATUS) /.test(line)
  return [...reply.filter(isList).sort(), ...reply.filter((line) => !isList(line))]
}

/** APPEND to a mbox whose UIDs are not written yet: Dovecot writes them later, and has less room left then. */
const lateUids = new Set(['imap/append/mbox-from-line', 'imap/append/mbox-status-header'])
const withoutPadding = (outcome: unknown, id: string): unknown =>
  lateUids.has(id)
    ? JSON.parse(JSON.stringify(outcome).replace(/(X-(?:UID|Keywords):[^\\]*?) +(?=\\n)/g, '$1'))
    : outcome

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
