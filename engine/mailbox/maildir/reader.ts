/**
 * Reads the messages of a Maildir's folder. Other programs rename files while we read: a file that is not where it was is looked for
 * once more before it is given up.
 */
import { DiskError, type Disk } from '#platform/disk.ts'
import { toCrlf } from '#protocol/bytes/lines.ts'
import { asMailboxError, isMissing } from '../disk-errors.ts'
import { headerOf, wireSize } from '../folder-core.ts'
import { fieldsOf, HeaderCache } from '../header-cache.ts'
import { MailboxError } from '../mail-store.ts'
import type { Entry } from '../message-entry.ts'
import type { MaildirContents, StoredFile, Where } from './contents.ts'

export type MaildirReaderParts = {
  readonly disk: Disk
  readonly path: string
  readonly contents: MaildirContents
  readonly headers: HeaderCache
  /** Looks at the folder again. */
  readonly refresh: () => Promise<void>
}

export class MaildirReader {
  readonly #parts: MaildirReaderParts

  constructor(parts: MaildirReaderParts) {
    this.#parts = parts
  }

  async read(uid: number): Promise<Uint8Array> {
    return toCrlf(await this.#withFile(uid, (path) => this.#parts.disk.read(path)))
  }

  async readHeader(uid: number): Promise<Uint8Array> {
    for (let end = 16 * 1024; ; end *= 8) {
      const part = await this.#withFile(uid, (path) => this.#parts.disk.read(path, { start: 0, end }))
      const wire = toCrlf(part)
      const header = headerOf(wire)
      if (header.length < wire.length || part.length < end) return header
    }
  }

  async readFields(uids: readonly number[], names: readonly string[]): Promise<ReadonlyMap<number, string>> {
    const found = new Map<number, string>()
    for (const uid of uids) {
      const file = this.#parts.contents.byUid(uid)
      if (file === undefined) continue
      const known = this.#parts.headers.get(file.base, names)
      const lines = known ?? (await this.#learnFields(file, names))
      if (lines !== null) found.set(uid, lines)
    }
    return found
  }

  /** Finds size and dates out. True: its size had to be counted, and is to be remembered. */
  async load(entry: Entry): Promise<boolean> {
    const file = this.#parts.contents.byBase(entry.guid)
    if (file === undefined) return false
    const named = entry.holder.size
    try {
      entry.holder.details = await this.#withFile(entry.uid, async (path) => {
        const stat = await this.#parts.disk.stat(path)
        if (stat === null) throw new DiskError('ENOENT', path)
        const size = named ?? wireSize(await this.#parts.disk.read(path))
        return { size, internalDate: wholeSeconds(stat.modified), savedDate: wholeSeconds(stat.changed) }
      })
      if (named === null) file.fields = [...file.fields, `W${entry.holder.details.size}`]
      return named === null
    } catch (error) {
      if (error instanceof MailboxError && error.code === 'EXPUNGED') return false
      throw error
    }
  }

  /** Null: the message is gone. */
  async #learnFields({ uid, base }: StoredFile, names: readonly string[]): Promise<string | null> {
    try {
      const header = Buffer.from(await this.readHeader(uid)).toString('latin1')
      this.#parts.headers.learn(base, names, header)
      return [...fieldsOf(header, names).values()].join('')
    } catch (error) {
      if (error instanceof MailboxError && error.code === 'EXPUNGED') return null
      throw error
    }
  }

  async #withFile<T>(uid: number, use: (path: string) => Promise<T>): Promise<T> {
    for (const attempt of [1, 2]) {
      const file = this.#parts.contents.byUid(uid)
      if (file === undefined) break
      try {
        return await use(pathOf(this.#parts.path, file))
      } catch (error) {
        if (!isMissing(error)) throw asMailboxError(error)
        if (attempt === 1) await this.#parts.refresh()
      }
    }
    throw new MailboxError('EXPUNGED', `Message ${uid} expunged`)
  }
}

/** Where a message's file is. */
export function pathOf(
  maildir: string,
  { base, folder, letters }: Where & { readonly base: string },
): string {
  return folder === 'new' && letters === ''
    ? `${maildir}/new/${base}`
    : `${maildir}/${folder}/${base}:2,${letters}`
}

const wholeSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000
