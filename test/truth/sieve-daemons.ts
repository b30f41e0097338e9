/** LMTP with the Sieve filter behind it; what scripts send is kept as the recorder's sendmail kept it. */
import { createSieveFilter } from '#mda/filter/filter.ts'
import { createLmtpd } from '#mda/lmtpd/lmtpd.ts'
import type { CaseDaemons } from './mailbox-runner.ts'

export const sieveDaemons: CaseDaemons = ({ machine, stores, settings, send, recorded }) => {
  const filter = createSieveFilter({
    machine,
    home: async (user) => (Object.hasOwn(recorded.accounts, user) ? `/home/${user}` : null),
    post: async ({ sender, recipients, content }) => {
      const args = ['-i', '-f', sender === '' ? '<>' : sender, '--', ...recipients]
      send({ args, text: Buffer.from(content).toString('latin1') })
    },
  })
  const lmtpd = createLmtpd({ machine, stores, settings: settings('lmtp'), filter })
  return { lmtp: (connection) => lmtpd.accept(connection) }
}
