/** A mbox written anew: the records of its messages brought up to date, without the messages that go. */
import type { Flag } from '../mail-store.ts'
import { updatedHeader, withRoom, writeBase, type MboxBase } from './headers.ts'
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
  /** `base`: nothing but the base, in the first message. */
  readonly what: 'all' | 'base'
}

type Header = HeaderChange & { readonly fields: readonly string[] }

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
      Buffer.from(withRoom(fields, room), 'latin1'),
      file.subarray(message.headerEnd, message.end),
    )
  }
  return Buffer.concat(parts)
}

function newHeaders({ kept, firstGone, base, pseudo, telling, what }: Rewrite): readonly Header[] {
  // Those before the last that changes are passed on the way, and found to be old; what moves up is written anew.
  const last = kept.findLastIndex(({ dirty }) => dirty)
  return kept.map((stored, i) => {
    const { uid, flags, known, message } = stored
    const { header, headerStart, headerEnd, start } = message
    const before = headerEnd - headerStart
    const room = trailing(header)
    if (what === 'base' && i > 0) return { fields: header, before, after: before - room, dirty: false }
    const old = stored.old || (telling === 'yes' && known && (i <= last || start >= firstGone))
    const fields = updatedHeader(
      header,
      { uid, flags: [...flags], old },
      i === 0 && pseudo === null ? base : null,
      message.bodyEnd - message.bodyStart,
    )
    const text = header.join('')
    const unchanged = fields.join('') === text || withRoom(fields, room) === text
    return { fields, before, after: fields.join('').length, dirty: !unchanged }
  })
}

/** Blanks at the end of the field that holds the room. */
function trailing(header: readonly string[]): number {
  const keywords = header.find((text) => /^x-keywords:/i.test(text))
  const field = keywords ?? header.find((text) => /^x-uid:/i.test(text)) ?? ''
  return (/( *)\n?$/.exec(field)?.[1] ?? '').length
}
