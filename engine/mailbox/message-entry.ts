/** One message of a folder at one moment. A change of flags makes a new entry; what was found out of the file stays. */
import type { Flag, MessageEntry, Uid } from './mail-store.ts'

/** What only the file itself tells. */
export type MessageDetails = {
  /** Bytes with CRLF line ends. */
  readonly size: number
  readonly internalDate: number
  readonly savedDate: number
}

export type DetailsHolder = {
  details: MessageDetails | null
  /** Bytes with CRLF line ends, when the file's name says so. */
  readonly size: number | null
}

export class Entry implements MessageEntry {
  readonly uid: Uid
  readonly flags: ReadonlySet<Flag>
  readonly recent: boolean
  readonly modseq: number
  readonly guid: string
  readonly holder: DetailsHolder

  constructor(parts: {
    uid: number
    flags: ReadonlySet<Flag>
    recent: boolean
    modseq: number
    guid: string
    holder: DetailsHolder
  }) {
    this.uid = parts.uid as Uid
    this.flags = parts.flags
    this.recent = parts.recent
    this.modseq = parts.modseq
    this.guid = parts.guid
    this.holder = parts.holder
  }

  get size(): number {
    return this.holder.size ?? this.#details().size
  }

  get internalDate(): number {
    return this.#details().internalDate
  }

  get savedDate(): number {
    return this.#details().savedDate
  }

  withRecent(recent: boolean): Entry {
    return recent === this.recent ? this : new Entry({ ...this.#parts(), recent })
  }

  withFlags(flags: ReadonlySet<Flag>): Entry {
    return new Entry({ ...this.#parts(), flags })
  }

  #parts() {
    const { uid, flags, recent, modseq, guid, holder } = this
    return { uid, flags, recent, modseq, guid, holder }
  }

  #details(): MessageDetails {
    const { details } = this.holder
    if (details === null) throw new Error(`message ${this.uid}: size and dates are asked before load()`)
    return details
  }
}

const systemFlags = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft']

/** The spelling that is stored: system flags as the RFC has them, keywords as they are. */
export function canonicalFlag(flag: Flag): Flag {
  return systemFlags.find((known) => known.toLowerCase() === flag.toLowerCase()) ?? flag
}
