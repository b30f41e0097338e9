/**
 * Which mailboxes came, went, have another name, or are subscribed now: told as LIST responses, unasked.
 *
 * RFC 5465 §5.4, §5.5; OLDNAME: RFC 5258 §6.
 */
import { quoted } from '#protocol/imap/quoting.ts'
import type { Account } from './account.ts'

type Known = ReadonlyMap<string, 'subscribed' | 'not-subscribed'>

export class NameNews {
  readonly #account: Account
  #known: Known = new Map()
  #renamed: { readonly from: string; readonly to: string }[] = []

  constructor(account: Account) {
    this.#account = account
  }

  async begin(): Promise<void> {
    this.#known = await this.#names()
    this.#renamed = []
  }

  renamed(names: { readonly from: string; readonly to: string }): void {
    this.#renamed.push(names)
  }

  /** What is other than at the last look. `names` and `subscriptions`: whether the client cares, by mailbox. */
  async news(cares: {
    readonly names: (mailbox: string) => boolean
    readonly subscriptions: (mailbox: string) => boolean
  }): Promise<string> {
    const before = this.#known
    const now = await this.#names()
    this.#known = now
    const old = (name: string) => this.#oldName(name)
    const fresh = [...now.keys()].filter((name) => !before.has(name))
    const moved = new Set(fresh.map(old).filter((name) => name !== null && before.has(name)))
    let text = ''
    for (const name of before.keys())
      if (!now.has(name) && !moved.has(name) && cares.names(name))
        text += this.#line(name, '\\NonExistent', null)
    for (const name of fresh) {
      const from = old(name)
      if (cares.names(name)) text += this.#line(name, '', from !== null && moved.has(from) ? from : null)
    }
    for (const [name, how] of now) {
      if (before.has(name) && before.get(name) !== how && cares.subscriptions(name))
        text += this.#line(name, how === 'subscribed' ? '\\Subscribed' : '', null)
    }
    this.#renamed = []
    return text
  }

  /** By what name a mailbox went before, or one above it did. */
  #oldName(name: string): string | null {
    for (const { from, to } of this.#renamed)
      if (name === to || name.startsWith(`${to}/`)) return from + name.slice(to.length)
    return null
  }

  #line(name: string, attribute: string, oldName: string | null): string {
    const { names } = this.#account
    const shown = (stored: string) => names.written(stored)
    const old = oldName === null ? '' : ` ("OLDNAME" (${shown(oldName)}))`
    return `* LIST (${attribute}) ${quoted(names.separator)} ${shown(name)}${old}\r\n`
  }

  async #names(): Promise<Known> {
    const folders = await this.#account.store.folders()
    return new Map(
      folders.map(({ name, subscribed }) => [name, subscribed ? 'subscribed' : 'not-subscribed'] as const),
    )
  }
}
