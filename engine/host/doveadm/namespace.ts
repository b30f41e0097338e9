/**
 * A user's mailboxes as the namespace of dovecot.conf shows them: its separator and prefix, and the mailboxes that it
 * promises, which are made when somebody needs them.
 *
 * Dovecot 2.3, "Namespaces".
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { MailboxError, type Folder, type MailStore } from '#mailbox/mail-store.ts'

export function inNamespace(store: MailStore, settings: DovecotSettings): MailStore {
  const namespaces = settings.sections('namespace')
  const own = namespaces.find((section) => section.get('inbox') === 'yes') ?? namespaces[0]
  const separator = own?.get('separator') || store.separator
  const promised = (own?.sections('mailbox') ?? []).flatMap((section) => {
    const auto = section.get('auto')
    const name = section.name.replaceAll(separator, '/')
    return auto === 'create' || auto === 'subscribe' ? [{ name, auto }] : []
  })
  if (separator === store.separator && promised.length === 0) return store

  const cause = { command: 'doveadm' } as const
  /** Does something in a mailbox that may only be promised so far. */
  const made = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error) {
      const promise = promised.find((one) => one.name === name)
      if (promise === undefined || !(error instanceof MailboxError) || error.code !== 'NONEXISTENT')
        throw error
      await store.create(name, cause)
      if (promise.auto === 'subscribe') await store.subscribe(name, 'subscribed')
      return act()
    }
  }
  return {
    format: store.format,
    separator,
    async folders() {
      const there = await store.folders()
      const missing = promised.filter(({ name }) => !there.some((folder) => folder.name === name))
      return [...there, ...missing.map(({ name, auto }) => onlyPromised(name, auto === 'subscribe'))]
    },
    async subscriptions() {
      const names = await store.subscriptions()
      const always = promised.filter(({ auto, name }) => auto === 'subscribe' && !names.includes(name))
      return [...names, ...always.map(({ name }) => name)]
    },
    open: (name, mode) => made(name, () => store.open(name, mode)),
    status: (name) => made(name, () => store.status(name)),
    watch: (name, changed) => store.watch(name, changed),
    create: (name, cause) => store.create(name, cause),
    remove: (name, cause) => made(name, () => store.remove(name, cause)),
    rename: (from, to, cause) => made(from, () => store.rename(from, to, cause)),
    subscribe: (name, on) => store.subscribe(name, on),
    prepare: () => store.prepare(),
    deliver: (name, message, cause) => made(name, () => store.deliver(name, message, cause)),
    ...(store.usage
      ? { usage: (counted) => store.usage?.(counted) ?? Promise.resolve({ bytes: 0, messages: 0 }) }
      : {}),
    ...(store.place ? { place: (name) => store.place?.(name) ?? '' } : {}),
  }
}

const onlyPromised = (name: string, subscribed: boolean): Folder => ({
  name,
  selectable: true,
  subscribed,
  hasChildren: false,
  noInferiors: false,
})
