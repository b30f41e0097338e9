/** A dialogue with imapd over wires in memory: lines in, replies out, and what the daemon stated. */
import { createImapd } from '#mra/imapd/imapd.ts'
import type { MailboxStep, SeedFolders } from '../../truth/mailbox-case.ts'
import { playMailboxCase, type CaseResult } from '../../truth/mailbox-runner.ts'

export type DialogueOptions = {
  readonly mailbox?: SeedFolders
  readonly settings?: readonly string[]
}

/** Lines are sent on connection a, `b: …` on b; an object is a step of its own. */
export function dialogue(
  lines: readonly (string | MailboxStep)[],
  { mailbox = { INBOX: [] }, settings = ['disable_plaintext_auth = no'] }: DialogueOptions = {},
): Promise<CaseResult> {
  const steps = lines.map((line): MailboxStep => {
    if (typeof line !== 'string') return line
    const match = /^([ab]): (.*)$/s.exec(line)
    return match ? { send: match[2] ?? '', on: match[1] ?? 'a' } : { send: line }
  })
  return playMailboxCase(
    {
      id: 'imap/dialogue',
      about: '',
      protocol: 'imap',
      store: 'maildir',
      settings,
      accounts: { alice: 'wonderland' },
      mailbox,
      dialogue: [{ connect: 'a' }, ...steps],
      replies: [],
      outcome: {},
    },
    ({ machine, sasl, stores, settings: of }) => {
      const imapd = createImapd({ machine, sasl, stores, settings: of('imap') })
      return { imap: (connection, tls) => imapd.accept(connection, { tls }) }
    },
  )
}

export const logIn = 'in LOGIN alice wonderland'
