/** Commands about the session itself: what the server can do, what the client can, and good-bye. */
import type { Enable } from '#protocol/imap/commands/enable.ts'
import type { Notify } from '#protocol/imap/commands/notify.ts'
import { quoted } from '#protocol/imap/quoting.ts'
import { sessionCapabilities } from '../capabilities.ts'
import { ok, type ImapHandler } from '../outcome.ts'

export const capability: ImapHandler<{ readonly name: 'CAPABILITY' }> = {
  updates: 'none',
  async *run(_command, account) {
    yield `* CAPABILITY ${sessionCapabilities(account.parts.settings, account.names)}\r\n`
    return ok('Capability completed')
  },
}

export const logout: ImapHandler<{ readonly name: 'LOGOUT' }> = {
  updates: 'none',
  async *run() {
    yield '* BYE Logging out\r\n'
    return ok('Logout completed')
  },
}

/** RFC 5161. QRESYNC implies CONDSTORE: RFC 7162 §3.2.3. */
export const enable: ImapHandler<Enable> = {
  updates: 'none',
  async *run({ extensions }, account) {
    const enabled: string[] = []
    for (const extension of extensions) {
      if (extension !== 'CONDSTORE' && extension !== 'QRESYNC') continue
      if (!enabled.includes(extension)) enabled.push(extension)
      if (extension === 'QRESYNC') account.qresync = true
    }
    const news = enabled.length > 0 ? account.enableCondstore() : ''
    yield news
    if (enabled.length > 0) yield `* ENABLED ${enabled.join(' ')}\r\n`
    return ok('Enabled')
  },
}

/** RFC 2342. */
export const namespace: ImapHandler<{ readonly name: 'NAMESPACE' }> = {
  updates: 'none',
  async *run(_command, { names }) {
    yield `* NAMESPACE ((${quoted(names.prefix)} ${quoted(names.separator)})) NIL NIL\r\n`
    return ok('Namespace completed')
  },
}

/** RFC 5465. */
export const notify: ImapHandler<Notify> = {
  updates: 'all',
  async *run(command, account) {
    yield await account.notifications.set(command)
    return ok('NOTIFY completed')
  },
}
