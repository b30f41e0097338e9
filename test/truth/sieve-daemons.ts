/** LMTP with the Sieve filter behind it; what scripts send is kept as the recorder's sendmail kept it. */
import { createSieveFilter } from '#mda/filter/filter.ts'
import { createLmtpd } from '#mda/lmtpd/lmtpd.ts'
import { createSieved } from '#mra/sieved/sieved.ts'
import type { CaseDaemons, CaseWorld } from './mailbox-runner.ts'

const homeIn =
  ({ recorded }: CaseWorld) =>
  async (user: string) =>
    Object.hasOwn(recorded.accounts, user) ? `/home/${user}` : null

export const manageSieveDaemons: CaseDaemons = (world) => {
  const { machine, sasl, stores, settings } = world
  const changed = async (user: string) => (await stores.of(user, 'login')).prepare()
  const sieved = createSieved({ machine, sasl, settings: settings('sieve'), home: homeIn(world), changed })
  return { sieve: (connection) => sieved.accept(connection) }
}

export const sieveDaemons: CaseDaemons = (world) => {
  const { machine, stores, settings, send } = world
  const filter = createSieveFilter({
    machine,
    home: homeIn(world),
    post: async ({ sender, recipients, content }) => {
      const args = ['-i', '-f', sender === '' ? '<>' : sender, '--', ...recipients]
      send({ args, text: Buffer.from(content).toString('latin1') })
    },
  })
  const lmtpd = createLmtpd({ machine, stores, settings: settings('lmtp'), filter })
  return { lmtp: (connection) => lmtpd.accept(connection) }
}
