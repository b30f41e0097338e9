/**
 * The messages of a mbox, compared with those of the last look: which UID each has, what it said of its flags. A message
 * whose UID does not grow is nobody's, and gets a new one.
 */
import { wireSize } from '../folder-core.ts'
import type { FolderIndex } from '../folder-index.ts'
import type { Flag } from '../mail-store.ts'
import { Entry, type DetailsHolder } from '../message-entry.ts'
import { isOwnField, readRecord } from './headers.ts'
import type { MboxMessage } from './parse.ts'

export type StoredMessage = {
  readonly uid: number
  flags: ReadonlySet<Flag>
  readonly old: boolean
  /** Seen in an earlier look at the file. */
  known: boolean
  /** The header in the file says otherwise. */
  dirty: boolean
  readonly message: MboxMessage
  readonly holder: DetailsHolder
  entry: Entry
}

export type MboxLook = {
  readonly messages: readonly MboxMessage[]
  readonly file: Buffer
  readonly before: readonly StoredMessage[]
  readonly keywords: readonly string[]
  readonly uidNext: number
  readonly uidValidity: number
  readonly index: FolderIndex
}

export function lookThrough(look: MboxLook): { stored: StoredMessage[]; uidNext: number } {
  const { messages, file, before, keywords, index, uidValidity } = look
  const gone = new Map(before.map((stored) => [stored.uid, stored]))
  const places = new Map(before.map((stored) => [stored.message.start, stored]))
  const modseq = index.highestModseq + 1
  let { uidNext } = look
  let last = 0
  const stored = messages.map((message) => {
    const record = readRecord(message.header, keywords)
    const valid = record.uid !== null && record.uid > last && record.uid < uidNext
    const uid = valid ? record.uid : (unwritten(places.get(message.start), message, last) ?? uidNext++)
    last = uid
    const known = gone.get(uid)
    gone.delete(uid)
    const flags = new Set(record.flags)
    const holder: DetailsHolder = { details: detailsOf(message, file), size: null }
    const entry = mboxEntry({ uid, flags, holder }, modseq, { index, uidValidity })
    const same = known?.entry.modseq === entry.modseq ? known.entry : entry
    const { old } = record
    return {
      uid,
      flags,
      old,
      known: known !== undefined || valid,
      dirty: !valid,
      message,
      holder,
      entry: same,
    }
  })
  for (const uid of gone.keys()) index.expunged(uid, modseq)
  return { stored, uidNext }
}

export function mboxEntry(
  { uid, flags, holder }: Pick<StoredMessage, 'uid' | 'flags' | 'holder'>,
  now: number,
  { index, uidValidity }: Pick<MboxLook, 'index' | 'uidValidity'>,
): Entry {
  const modseq = index.observe(uid, [...flags].sort().join(' '), now)
  return new Entry({ uid, flags, recent: false, modseq, guid: `${uidValidity.toString(16)}.${uid}`, holder })
}

/** The header as a client sees it: without the mbox's own records. */
export const shownHeader = (header: readonly string[]): string =>
  header.filter((field) => !isOwnField(field)).join('')

/** The UID that this very message was given, and whose writing was put off. */
function unwritten(known: StoredMessage | undefined, message: MboxMessage, last: number): number | null {
  if (known?.dirty !== true || known.uid <= last) return null
  return known.message.header.join('') === message.header.join('') ? known.uid : null
}

function detailsOf(message: MboxMessage, file: Buffer): NonNullable<DetailsHolder['details']> {
  const header = Buffer.from(shownHeader(message.header), 'latin1')
  const size = wireSize(header) + wireSize(file.subarray(message.headerEnd, message.bodyEnd))
  return { size, internalDate: message.date, savedDate: message.date }
}
