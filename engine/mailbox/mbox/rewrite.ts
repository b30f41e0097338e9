/** A mbox written anew: the records of its messages brought up to date, without the messages that go. */
import type { Flag } from '../mail-store.ts'
import { roomField, updatedHeader, withRoom, writeBase, type MboxBase, type RoomField } from './headers.ts'
import { shareRoom, type HeaderChange } from './layout.ts'
import type { MboxMessage } from './parse.ts'

export type KeptMessage = {
  readonly uid: number
  readonly flags: ReadonlySet<Flag>
  readonly old: boolean
  readonly known: boolean
  readonly dirty: boolean
  readonly message: MboxMessage
}

export type Rewrite = {
  readonly file: Buffer
  readonly kept: readonly KeptMessage[]
  /** Where the first message begins that goes; Infinity when none does. */
  readonly firstGone: number
  readonly base: MboxBase
  /** The message that holds nothing but the base. */
  readonly pseudo: MboxMessage | null
  /** Whether somebody is told of new messages, which makes them old. */
  readonly telling: 'yes' | 'no'
  /** Of these somebody was told before. */
  readonly noNews: ReadonlySet<number>
  /** From where the messages are passed: from the first that changes, or from the beginning. */
  readonly walk: 'changes' | 'whole'
  /** `base`: nothing but the base, in the first message. */
  readonly what: 'all' | 'base'
}

type Header = HeaderChange & { readonly fields: readonly string[]; readonly where: RoomField | null }

export function rewritten(rewrite: Rewrite): Buffer {
  const { file, kept, pseudo, base } = rewrite
  const headers = newHeaders(rewrite)
  const rooms = shareRoom(headers)
  const parts: Buffer[] = []
  if (pseudo) {
    const text = file.toString('latin1', pseudo.start, pseudo.end)
    parts.push(Buffer.from(text.replace(/^X-IMAP: .*$/m, `X-IMAP: ${writeBase(base)}`), 'latin1'))
  }
  for (const [i, { message }] of kept.entries()) {
    const room = rooms[i] ?? null
    const fields = headers[i]?.fields ?? []
    if (room === null) {
      parts.push(file.subarray(message.start, message.end))
      continue
    }
    const from = file.subarray(message.start, message.headerStart)
    parts.push(
      from,
      Buffer.from(withRoom(fields, room, headers[i]?.where ?? null), 'latin1'),
      file.subarray(message.headerEnd, message.end),
    )
  }
  return Buffer.concat(parts)
}

function newHeaders({
  kept,
  firstGone,
  base,
  pseudo,
  telling,
  noNews,
  walk,
  what,
}: Rewrite): readonly Header[] {
  // Those between the ones that change are passed on the way, and found to be old; what moves up is written anew.
  const first = walk === 'whole' ? 0 : kept.findIndex(({ dirty }) => dirty)
  const last = kept.findLastIndex(({ dirty }) => dirty)
  return kept.map((stored, i) => {
    const { uid, flags, known, message } = stored
    const { header, headerStart, headerEnd, start } = message
    const before = headerEnd - headerStart
    const where = roomField(header)
    if (what === 'base' && i > 0) {
      const after = before - trailing(header, where)
      return { fields: header, before, after, dirty: false, where }
    }
    const passed = telling === 'yes' && known && ((i >= first && i <= last) || start >= firstGone)
    const old = stored.old || noNews.has(uid) || passed
    const fields = updatedHeader(
      header,
      { uid, flags: [...flags], old },
      i === 0 && pseudo === null ? base : null,
      base.keywords,
      message.bodyEnd - message.bodyStart,
    )
    const text = header.join('')
    const after = fields.join('').length
    const room = before - after
    const unchanged = room >= 0 && withRoom(fields, room, where) === text
    // Where the room was not enough, all of it is gone.
    return { fields, before, after, dirty: !unchanged, where: room >= 0 ? where : null }
  })
}

/** Blanks at the end of the field that has the room. */
function trailing(header: readonly string[], where: RoomField | null): number {
  const field = header.find((text) => where !== null && text.toLowerCase().startsWith(`${where}:`)) ?? ''
  return (/( *)\n?$/.exec(field)?.[1] ?? '').length
}
