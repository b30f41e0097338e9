import { MailboxError, type Flag } from '../mail-store.ts'

const most = 1000

/** The keywords of a mbox, in the order of its `X-IMAPbase`. */
export class MboxKeywords {
  #all: readonly string[] = []
  /** Named by clients, and on no message: they come into the file with whatever is written next. */
  #mentioned: readonly string[] = []

  get all(): readonly string[] {
    return this.#all
  }

  /** As the file is to have them. */
  get written(): readonly string[] {
    return [...this.#all, ...this.#mentioned]
  }

  mention(keyword: string): void {
    if (this.written.length < most && !this.written.includes(keyword))
      this.#mentioned = [...this.#mentioned, keyword]
  }

  /** `base`: of the file; it goes before what is known here. */
  read(base: readonly string[]): void {
    this.#set([...base, ...this.#all.filter((word) => !base.includes(word))])
  }

  learn(flags: readonly Flag[]): void {
    const fresh = flags.filter((flag) => !flag.startsWith('\\') && !this.#all.includes(flag))
    if (fresh.length === 0) return
    const all = [...new Set([...this.written, ...fresh])]
    if (all.length > most) throw new MailboxError('LIMIT', 'Too many keywords')
    this.#set(all)
  }

  forget(): void {
    this.#all = []
    this.#mentioned = []
  }

  #set(all: readonly string[]): void {
    this.#all = all
    this.#mentioned = this.#mentioned.filter((word) => !all.includes(word))
  }
}
