/** A dialogue of one's own with the POP3 and LMTP servers, for tests of what no recording shows. */
import { createLmtpd } from '#mda/lmtpd/lmtpd.ts'
import { createPop3d } from '#mra/pop3d/pop3d.ts'
import type { MailboxCase, MailboxStep } from './mailbox-case.ts'
import { playMailboxCase, type CaseResult } from './mailbox-runner.ts'

export const letter = (subject: string, body = 'Hello.\n') => ({
  eml: `From: carol@example.org\nSubject: ${subject}\n\n${body}`,
})

export function talk(
  protocol: 'pop3' | 'lmtp',
  dialogue: readonly (string | MailboxStep)[],
  given: Partial<MailboxCase> = {},
): Promise<CaseResult> {
  const recorded: MailboxCase = {
    id: 'talk',
    about: 'talk',
    protocol,
    store: 'maildir',
    accounts: { alice: 'wonderland' },
    mailbox: { INBOX: [letter('one'), letter('two')] },
    replies: [],
    outcome: {},
    ...given,
    settings: ['disable_plaintext_auth = no', 'auth_username_format = %Ln', ...(given.settings ?? [])],
    dialogue: [
      { connect: 'a' },
      ...dialogue.map((step) => (typeof step === 'string' ? { send: step } : step)),
    ],
  }
  return playMailboxCase(recorded, (world) => {
    const pop3d = createPop3d({ ...world, settings: world.settings('pop3') })
    const lmtpd = createLmtpd({ ...world, settings: world.settings('lmtp') })
    return {
      pop3: (connection, tls) => pop3d.accept(connection, { tls }),
      lmtp: (connection) => lmtpd.accept(connection),
    }
  })
}
