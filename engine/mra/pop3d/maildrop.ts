/**
 * A maildrop: INBOX as POP3 sees it, numbered from 1 and frozen when the session began. Marks are only marks until
 * QUIT.
 *
 * RFC 1939 §3, §8.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import {
  MailboxError,
  type MailStore,
  type MessageEntry,
  type OpenMailbox,
  type Uid,
} from '#mailbox/mail-store.ts'

export type MaildropMessage = { readonly entry: MessageEntry; readonly size: number }

export class Maildrop {
  readonly messages: readonly MaildropMessage[]
  readonly mailbox: OpenMailbox
  readonly #settings: DovecotSettings
  readonly #deleted = new Set<number>()
  readonly #seen = new Set<number>()
  #last: number

  private constructor(mailbox: OpenMailbox, settings: DovecotSettings) {
    const flag = settings.text('pop3_deleted_flag')
    this.mailbox = mailbox
    this.#settings = settings
    this.messages = mailbox
      .messages()
      .filter((entry) => flag === '' || !entry.flags.has(flag))
      .map((entry) => ({ entry, size: entry.size }))
    this.#last = settings.flag('pop3_enable_last')
      ? this.messages.findLastIndex(({ entry }) => entry.flags.has('\\Seen')) + 1
      : 0
  }

  /** Throws MailboxError. */
  static async open(store: MailStore, settings: DovecotSettings): Promise<Maildrop> {
    const mailbox = await store.open(
      'INBOX',
      settings.flag('pop3_no_flag_updates') ? 'keep-recent' : 'read-write',
    )
    await mailbox.load(undefined, 'sizes')
    return new Maildrop(mailbox, settings)
  }

  /** The highest message number that was read: LAST. */
  get last(): number {
    return this.#last
  }

  /** Of all messages, marked or not. */
  get size(): number {
    return this.messages.reduce((sum, { size }) => sum + size, 0)
  }

  /** Those that are marked. */
  get deleted(): { count: number; bytes: number } {
    const sizes = [...this.#deleted].map((number) => this.messages[number - 1]?.size ?? 0)
    return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
  }

  get anyDeleted(): boolean {
    return this.#deleted.size > 0
  }

  isDeleted(number: number): boolean {
    return this.#deleted.has(number)
  }

  /** Those that are not marked, with their numbers. */
  present(): readonly (MaildropMessage & { readonly number: number })[] {
    return this.messages
      .map((message, i) => ({ ...message, number: i + 1 }))
      .filter(({ number }) => !this.#deleted.has(number))
  }

  totalSize(): number {
    return this.present().reduce((sum, { size }) => sum + size, 0)
  }

  /** Null: another session has deleted it. CRLF line ends. */
  async read(number: number, what: 'message' | 'header'): Promise<Uint8Array | null> {
    const uid = this.#uid(number)
    try {
      return await (what === 'message' ? this.mailbox.read(uid) : this.mailbox.readHeader(uid))
    } catch (error) {
      if (error instanceof MailboxError && error.code === 'EXPUNGED') return null
      throw error
    }
  }

  wasRead(number: number): void {
    this.#last = Math.max(this.#last, number)
    if (!this.#settings.flag('pop3_no_flag_updates')) this.#seen.add(number)
  }

  mark(number: number): void {
    this.#deleted.add(number)
  }

  /** RSET: no mark stays. With LAST enabled also the flags go, as RFC 1460 wanted. */
  async reset(session: string): Promise<void> {
    this.#deleted.clear()
    this.#seen.clear()
    if (this.#settings.flag('pop3_enable_last') && this.#last > 0) {
      const uids = this.messages.map(({ entry }) => entry.uid)
      await this.mailbox.setFlags(uids, 'remove', ['\\Seen'], { session, command: 'RSET' })
    }
    this.#last = 0
  }

  /** After QUIT: what was marked goes; with pop3_delete_type = flag it is hidden from POP3 instead. */
  async update(session: string): Promise<void> {
    const uids = [...this.#deleted].map((number) => this.#uid(number))
    if (uids.length === 0) return
    const flag = this.#settings.text('pop3_deleted_flag')
    const flags = this.#settings.text('pop3_delete_type') !== 'expunge' && flag !== ''
    if (flags) await this.mailbox.setFlags(uids, 'add', [flag], { session, command: 'DELE' })
    else await this.mailbox.expunge(uids, { session, command: 'DELE' })
  }

  /** However the session ends: what was retrieved is seen. */
  async close(session: string): Promise<void> {
    const uids = [...this.#seen]
      .filter((number) => !this.#deleted.has(number))
      .map((number) => this.#uid(number))
    try {
      const cause = { session, command: 'RETR', walk: 'whole' } as const
      if (uids.length > 0) await this.mailbox.setFlags(uids, 'add', ['\\Seen'], cause)
    } finally {
      await this.mailbox.close()
    }
  }

  #uid(number: number): Uid {
    const message = this.messages[number - 1]
    if (message === undefined) throw new Error(`no message ${number} in the maildrop`)
    return message.entry.uid
  }
}
