/**
 * One folder as all sessions of a store share it: the state of its files as last seen, and the work on them. Sessions
 * look at it through `OpenFolder`; Maildir and mbox each have one of these.
 */
import type { Cause, Details, Flag, FlagChange, NewMessage } from './mail-store.ts'
import type { Entry } from './message-entry.ts'

/** Whether messages in `new/` are taken over into the folder, or left for a session that may. */
export type Arrival = 'take' | 'leave'

export interface FolderCore {
  readonly name: string
  readonly uidValidity: number
  readonly uidNext: number
  readonly highestModseq: number
  readonly firstRecent: number
  readonly guid: string
  readonly keywords: readonly string[]
  mention?(keyword: string): void
  /** Ascending UIDs; another array after every change, with the same entries where nothing changed. */
  readonly entries: readonly Entry[]
  /** Looks at the files again. */
  refresh(arrival: Arrival, cause: Cause): Promise<void>
  /** The messages that were recent are shown to somebody now: answers the first of them. */
  claimRecent(): Promise<number>
  load(entries: readonly Entry[], what: Details): Promise<void>
  /** Of all messages, bytes with CRLF line ends. */
  totalSize(): Promise<number>
  /** CRLF line ends. */
  read(uid: number): Promise<Uint8Array>
  readHeader(uid: number): Promise<Uint8Array>
  readFields(uids: readonly number[], names: readonly string[]): Promise<ReadonlyMap<number, string>>
  setFlags(uids: readonly number[], change: FlagChange, flags: readonly Flag[], cause: Cause): Promise<void>
  expunge(uids: readonly number[], cause: Cause): Promise<readonly number[]>
  append(messages: readonly NewMessage[], cause: Cause): Promise<readonly number[]>
  vanishedSince(modseq: number): readonly number[]
  watch(changed: () => void): () => void
  /** Writes what was put off until a session ends. */
  settle(): Promise<void>
}

/** Moves or copies between two folders of one store; mbox and Maildir do it in their own ways. */
export type CopyTo = (
  source: FolderCore,
  target: string,
  uids: readonly number[],
  mode: 'copy' | 'move',
  cause: Cause,
) => Promise<{ uidValidity: number; pairs: readonly (readonly [number, number])[] }>

export function changedFlags(
  old: ReadonlySet<Flag>,
  change: FlagChange,
  flags: readonly Flag[],
): ReadonlySet<Flag> {
  switch (change) {
    case 'add':
      return new Set([...old, ...flags])
    case 'remove': {
      const gone = new Set(flags)
      return new Set([...old].filter((flag) => !gone.has(flag)))
    }
    case 'replace':
      return new Set(flags)
    default:
      return change satisfies never
  }
}

export const sameFlags = (a: ReadonlySet<Flag>, b: ReadonlySet<Flag>): boolean =>
  a.size === b.size && [...a].every((flag) => b.has(flag))

/** Index of a UID in ascending entries, or -1. */
export function findUid(entries: readonly { readonly uid: number }[], uid: number): number {
  let low = 0
  let high = entries.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = entries[middle]?.uid ?? 0
    if (found === uid) return middle
    if (found < uid) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** The header of a message with its empty line. CRLF line ends. */
export function headerOf(message: Uint8Array): Uint8Array {
  const buffer = Buffer.from(message.buffer, message.byteOffset, message.length)
  if (buffer[0] === 13 && buffer[1] === 10) return buffer.subarray(0, 2)
  const end = buffer.indexOf('\r\n\r\n')
  return end < 0 ? buffer : buffer.subarray(0, end + 4)
}

/** Bytes of a text with LF or CRLF line ends when every line ends in CRLF. */
export function wireSize(bytes: Uint8Array): number {
  let size = bytes.length
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) if (bytes[at - 1] !== 13) size++
  return size
}
