/**
 * A letter as it is appended to a mbox: the `From ` line, its header with the mbox's own records, its length, an empty
 * line. Lines of the body that look like a `From ` line stay as they are: the length tells where the message ends.
 *
 * mbox(5); Dovecot 2.3.
 */
import { toLf } from '#protocol/bytes/lines.ts'
import { asctime } from '#protocol/message/date.ts'
import type { Flag } from '../mail-store.ts'
import { isOwnField, updatedHeader, withRoom, type MboxBase } from './headers.ts'

export type NewMboxMessage = {
  readonly content: Uint8Array
  readonly flags: readonly Flag[]
  readonly uid: number
  /** '' for the null reverse-path. */
  readonly sender: string
  readonly date: number
  /** For the first message of a file. */
  readonly base: MboxBase | null
}

/** Blanks after X-Keywords, less the digits of Content-Length: as Dovecot leaves them. */
const roomOfNew = 74

export function newMboxMessage({ content, flags, uid, sender, date, base }: NewMboxMessage): Buffer {
  const { fields, body } = split(Buffer.from(toLf(content)))
  const header = updatedHeader(fields, { uid, flags, old: false }, base)
  if (!header.some((field) => field.startsWith('Status:'))) {
    header.splice(header.findIndex((field) => field.startsWith('X-UID:')) + 1, 0, 'Status: \n')
  }
  if (!header.some((field) => field.startsWith('X-Keywords:'))) header.push('X-Keywords:\n')
  const length = String(body.length)
  const from = `From ${sender === '' ? 'MAILER-DAEMON' : sender}  ${asctime(date)}\n`
  const head = `${from}${withRoom(header, roomOfNew - length.length)}Content-Length: ${length}\n\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), body, Buffer.from('\n')])
}

/** The letter's own fields, without those that only a mbox may write; a letter without an empty line gets one. */
function split(content: Buffer): { fields: string[]; body: Buffer } {
  if (content[0] === 10) return { fields: [], body: content.subarray(1) }
  const blank = content.indexOf('\n\n')
  const end = blank < 0 ? content.length : blank + 1
  const fields = content.toString('latin1', 0, end).match(/[^\n]*\n(?:[ \t][^\n]*\n)*|[^\n]+$/g) ?? []
  const body = blank < 0 && content.length > 0 ? Buffer.from('\n') : content.subarray(end + 1)
  return { fields: fields.filter((field) => !isOwnField(field)), body }
}
