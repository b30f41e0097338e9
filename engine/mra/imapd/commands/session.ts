/** Commands about the session itself: what the server can do, what the client can, and good-bye. */
import type { Compress } from '#protocol/imap/commands/compress.ts'
import type { Enable } from '#protocol/imap/commands/enable.ts'
import type { Notify } from '#protocol/imap/commands/notify.ts'
import { quoted } from '#protocol/imap/quoting.ts'
import { named } from '#protocol/named.ts'
import { sessionCapabilities } from '../capabilities.ts'
import { no, ok, type ImapHandler } from '../outcome.ts'

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

/**
 * RFC 5161. QRESYNC implies CONDSTORE: RFC 7162 §3.2.3. UTF8=ACCEPT: RFC 6855; IMAP4rev2: RFC 9051 §6.3.1, where names of
 * mailboxes are UTF-8 too.
 */
export const enable: ImapHandler<Enable> = {
  updates: 'none',
  async *run({ extensions }, account) {
    const enabled = new Set<string>()
    for (const extension of extensions) {
      const known = enableable[extension]
      if (known === undefined) continue
      if (known.when === 'announced' && !account.announces(extension)) continue
      enabled.add(known.name)
      if (extension === 'QRESYNC') account.qresync = true
      if (extension === 'IMAP4REV2') account.useRev2()
      if (extension === 'UTF8=ACCEPT' || extension === 'IMAP4REV2') account.names.useUtf8()
      if (extension === 'UTF8=ACCEPT') account.utf8 = true
    }
    const tracks = enabled.has('CONDSTORE') || enabled.has('QRESYNC')
    yield tracks ? account.enableCondstore() : ''
    if (enabled.size > 0) yield `* ENABLED ${[...enabled].join(' ')}\r\n`
    return ok('Enabled')
  },
}

const enableable: Readonly<Record<string, { readonly name: string; readonly when: 'always' | 'announced' }>> =
  named({
    CONDSTORE: { name: 'CONDSTORE', when: 'always' },
    QRESYNC: { name: 'QRESYNC', when: 'always' },
    'UTF8=ACCEPT': { name: 'UTF8=ACCEPT', when: 'announced' },
    IMAP4REV2: { name: 'IMAP4rev2', when: 'announced' },
  })

/** RFC 4978; the session turns to compression once it has said so. */
export const compress: ImapHandler<Compress> = {
  updates: 'none',
  run({ mechanism }, account) {
    if (account.compressed)
      return Promise.resolve(no('COMPRESSION=DEFLATE already enabled', 'COMPRESSIONACTIVE'))
    if (mechanism !== 'DEFLATE') return Promise.resolve(no('Unsupported compression mechanism'))
    account.compressed = true
    return Promise.resolve(ok('Begin compression'))
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
