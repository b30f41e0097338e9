/**
 * Names of mailboxes as the client writes them, and as the store has them: the namespace's prefix and separator, and
 * modified UTF-7.
 *
 * RFC 2342; RFC 3501 §5.1; Dovecot 2.3, "Namespaces".
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { fromSeparator } from '#mailbox/folder-names.ts'
import { MailboxError, type MailStore } from '#mailbox/mail-store.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '#mailbox/modified-utf7.ts'
import { astringOut } from '#protocol/imap/quoting.ts'
import { no } from './outcome.ts'
import { Refusal } from './refusal.ts'

/** A mailbox that the configuration names. */
export type NamedMailbox = {
  readonly name: string
  readonly specialUse: readonly string[]
  readonly auto: 'no' | 'create' | 'subscribe'
}

export class Names {
  readonly prefix: string
  readonly separator: string
  readonly configured: readonly NamedMailbox[]
  readonly #storeSeparator: string
  /** Thunderbird's: a separator after the name means nothing. */
  readonly #extraSeparator: boolean
  /** Names are UTF-8 on the wire, one character a byte, instead of modified UTF-7. */
  #utf8 = false

  constructor(settings: DovecotSettings, store: Pick<MailStore, 'separator'>) {
    const namespaces = settings.sections('namespace')
    const own = namespaces.find((section) => section.get('inbox') === 'yes') ?? namespaces[0]
    const separator = own?.get('separator')
    this.prefix = own?.get('prefix') ?? ''
    this.separator =
      separator === null || separator === undefined || separator === '' ? store.separator : separator
    this.#storeSeparator = store.separator
    this.#extraSeparator = settings.list('imap_client_workarounds').includes('tb-extra-mailbox-sep')
    this.configured = (own?.sections('mailbox') ?? []).map((section) => {
      const auto = section.get('auto')
      return {
        name: section.name.replaceAll(this.separator, '/'),
        specialUse: (section.get('special_use') ?? '').split(/\s+/).filter((word) => word !== ''),
        auto: auto === 'create' || auto === 'subscribe' ? auto : 'no',
      }
    })
  }

  specialUse(name: string): readonly string[] {
    return this.configured.find((mailbox) => mailbox.name === name)?.specialUse ?? []
  }

  /** The prefix without its separator: the store itself, which of a Maildir is the INBOX. */
  isRoot(name: string): boolean {
    return this.#storeSeparator === '.' && this.prefix !== '' && name + this.separator === this.prefix
  }

  /** `~` and all: whether it may be used is the store's to say. */
  toStore(typed: string): string {
    const name = this.#withoutExtra(this.decoded(typed))
    if (name === null || /[\0\p{Surrogate}]/u.test(name)) {
      throw new Refusal(no(`Mailbox name is not valid ${this.#utf8 ? 'UTF-8' : 'mUTF-7'}`))
    }
    if (name.toUpperCase() === 'INBOX') return 'INBOX'
    let local = name
    if (this.prefix !== '') {
      if (this.isRoot(name)) return 'INBOX'
      if (name === this.prefix) {
        throw new MailboxError('CANNOT', `Invalid mailbox name '${typed}': Ends with hierarchy separator`)
      }
      if (!name.startsWith(this.prefix)) {
        throw new Refusal(
          no(
            'Client tried to access nonexistent namespace. ' +
              `(Mailbox name should probably be prefixed with: ${this.prefix})`,
          ),
        )
      }
      local = name.slice(this.prefix.length)
    }
    try {
      return this.#fromSeparator(local)
    } catch (error) {
      if (error instanceof MailboxError && error.code === 'NONEXISTENT') throw missing(typed)
      throw error
    }
  }

  #fromSeparator(local: string): string {
    if (local.startsWith(this.separator)) {
      throw new MailboxError('CANNOT', 'Invalid mailbox name: Begins with hierarchy separator')
    }
    // The store's own separator stands in no level of a name, whatever the client's is.
    const foreign =
      this.#storeSeparator !== this.separator && this.#storeSeparator !== '/' ? this.#storeSeparator : null
    if (foreign !== null && local.includes(foreign)) {
      throw new MailboxError('CANNOT', `Character not allowed in mailbox name: '${foreign}'`)
    }
    const two = this.separator + this.separator
    if (local.includes(two) && !local.endsWith(two)) {
      throw new MailboxError('CANNOT', 'Invalid mailbox name: Has adjacent hierarchy separators')
    }
    return fromSeparator(local, this.separator)
  }

  #withoutExtra(name: string | null): string | null {
    return this.#extraSeparator && name?.endsWith(this.separator) === true
      ? name.slice(0, -this.separator.length)
      : name
  }

  useUtf8(): void {
    this.#utf8 = true
  }

  /** As Unicode; null for what is no name. */
  decoded(typed: string): string | null {
    if (!this.#utf8) return decodeModifiedUtf7(typed)
    try {
      return strict.decode(Buffer.from(typed, 'latin1'))
    } catch {
      return null
    }
  }

  /** In modified UTF-7, or UTF-8. */
  toClient(name: string): string {
    if (name === 'INBOX') return name
    const shown = `${this.prefix}${name.replaceAll('/', this.separator)}`
    return this.#utf8 ? Buffer.from(shown, 'utf8').toString('latin1') : encodeModifiedUtf7(shown)
  }

  /** The same as a client reads it in a response. */
  written(name: string): string {
    return this.astring(this.toClient(name))
  }

  astring(shown: string): string {
    const plain = !this.#utf8 || !/[\x80-\xff]/.test(shown)
    return plain ? astringOut(shown) : `"${shown.replace(/[\\"]/g, '\\$&')}"`
  }
}

export const missing = (typed: string): MailboxError =>
  new MailboxError('NONEXISTENT', `Mailbox doesn't exist: ${readable(typed)}`)

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** In UTF-8, as people read it; one character a byte. */
const readable = (typed: string): string => {
  const name = decodeModifiedUtf7(typed)
  return name === null ? typed : Buffer.from(name, 'utf8').toString('latin1')
}
