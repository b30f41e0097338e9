/**
 * What was answered or sent on already, and until when that counts: `~/.dovecot.lda-dupes`, in Dovecot's own form.
 *
 * Each record: when it ends, the lengths of mark and user, the mark, the user.
 */
import { createHash } from 'node:crypto'
import { DiskError, type Disk } from '#platform/disk.ts'
import { utf8 } from '#protocol/bytes/text.ts'

const version = 2
const mostRecords = 10_000

type Record = { readonly until: number; readonly mark: Uint8Array; readonly user: Uint8Array }

export class Duplicates {
  readonly #disk: Disk
  readonly #path: string
  readonly #user: string

  constructor(disk: Disk, home: string, user: string) {
    this.#disk = disk
    this.#path = `${home}/.dovecot.lda-dupes`
    this.#user = user
  }

  /** `seconds`: now, since 1970. */
  async isKnown(parts: readonly string[], seconds: number): Promise<boolean> {
    const mark = markOf(parts)
    return (await this.#read()).some((record) => record.until >= seconds && equal(record.mark, mark))
  }

  async remember(parts: readonly string[], until: number, seconds: number): Promise<void> {
    const mark = markOf(parts)
    const kept = (await this.#read()).filter((record) => record.until >= seconds && !equal(record.mark, mark))
    const records = [...kept.slice(-mostRecords), { until, mark, user: utf8(this.#user) }]
    const bytes = Buffer.concat([word(version), ...records.map(write)])
    const temporary = `${this.#path}.new`
    await this.#disk.apply([
      { kind: 'write', path: temporary, bytes, mode: 0o600 },
      { kind: 'rename', from: temporary, to: this.#path },
    ])
  }

  async #read(): Promise<readonly Record[]> {
    let bytes: Buffer
    try {
      bytes = Buffer.from(await this.#disk.read(this.#path))
    } catch (error) {
      if (error instanceof DiskError) return []
      throw error
    }
    if (bytes.length < 4 || bytes.readUInt32LE(0) !== version) return []
    const records: Record[] = []
    for (let at = 4; at + 12 <= bytes.length;) {
      const [until, marks, users] = [
        bytes.readUInt32LE(at),
        bytes.readUInt32LE(at + 4),
        bytes.readUInt32LE(at + 8),
      ]
      const end = at + 12 + marks + users
      // A broken record: what comes after it means nothing.
      if (end > bytes.length || marks > 4096 || users > 4096) break
      records.push({
        until,
        mark: bytes.subarray(at + 12, at + 12 + marks),
        user: bytes.subarray(at + 12 + marks, end),
      })
      at = end
    }
    return records
  }
}

const markOf = (parts: readonly string[]): Uint8Array =>
  createHash('md5').update(parts.join('\0'), 'latin1').digest()

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b)

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(Math.min(value, 0xffffffff))
  return bytes
}

const write = ({ until, mark, user }: Record): Buffer =>
  Buffer.concat([word(until), word(mark.length), word(user.length), mark, user])
