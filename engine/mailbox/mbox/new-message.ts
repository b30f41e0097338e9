/**
 * A letter as it is appended to a mbox: the `From ` line, its header with the mbox's own records, its length, an empty
 * line. Lines of the body that look like a `From ` line stay as they are: the length tells where the message ends.
 *
 * mbox(5); Dovecot 2.3.
 */
import { toLf } from '#protocol/bytes/lines.ts'
import { asctime } from '#protocol/message/date.ts'
import type { Flag } from '../mail-store.ts'
import { isOwnField, updatedHeader, type MboxBase } from './headers.ts'

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
  const header = updatedHeader(fields, { uid, flags, old: false }, base, [])
  if (!header.some((field) => field.startsWith('Status:'))) {
    header.splice(header.findIndex((field) => field.startsWith('X-UID:')) + 1, 0, 'Status: \n')
  }
  const keywords = header.find((field) => field.startsWith('X-Keywords:')) ?? 'X-Keywords:\n'
  const others = header.filter((field) => field !== keywords)
  const length = String(body.length)
  const from = `From ${sender === '' ? 'MAILER-DAEMON' : sender}  ${fromDate(date)}\n`
  const line = keywords.slice(0, -1) + ' '.repeat(roomOfNew - length.length)
  const head = `${from}${others.join('')}${line}\nContent-Length: ${length}\n\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), body, Buffer.from('\n')])
}

/** As asctime(3) but that the day has two digits. */
const fromDate = (date: number): string => asctime(date).replace(/ {2}(?=\d )/, ' 0')

/** The letter's own fields, without those that only a mbox may write; a letter without an empty line gets one. */
function split(content: Buffer): { fields: string[]; body: Buffer } {
  if (content[0] === 10) return { fields: [], body: endingInLineEnd(content.subarray(1)) }
  const blank = content.indexOf('\n\n')
  const end = blank < 0 ? content.length : blank + 1
  const fields = content.toString('latin1', 0, end).match(/[^\n]*\n(?:[ \t][^\n]*\n)*|[^\n]+$/g) ?? []
  const body = endingInLineEnd(content.subarray(Math.min(end + 1, content.length)))
  return { fields: fields.filter((field) => !isOwnField(field)), body }
}

const endingInLineEnd = (body: Buffer): Buffer =>
  body.at(-1) === 10 ? body : Buffer.concat([body, Buffer.from('\n')])
