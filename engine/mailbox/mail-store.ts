/**
 * The mailboxes of one user: what the MDA writes and the MRA reads, whether Maildir or mbox.
 * A store is a view of the files: another program may add, rename or remove one at any time, and `refresh` sees it.
 *
 * Folder names are Unicode with `/` between the levels, whatever the format's own separator; INBOX is 'INBOX'.
 */
declare const uidBrand: unique symbol
export type Uid = number & { readonly [uidBrand]: true }

export type SystemFlag = '\\Seen' | '\\Answered' | '\\Flagged' | '\\Deleted' | '\\Draft'
/** A system flag or a keyword. `\Recent` is no flag that anyone sets: see `recent`. */
export type Flag = string

/**
 * `size`, `internalDate` and `savedDate` cost a look at the file, so they throw until `load` has looked: a mailbox of
 * 100,000 messages opens without touching one of them.
 */
export interface MessageEntry {
  readonly uid: Uid
  readonly flags: ReadonlySet<Flag>
  readonly recent: boolean
  /** Bytes as the client counts them: every line ends in CRLF. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly internalDate: number
  readonly savedDate: number
  /** RFC 7162; 1 or more. */
  readonly modseq: number
  /** A name that stays the same for the message's life: the file's base name in a Maildir. POP3 UIDL and EMAILID are made from it. */
  readonly guid: string
}

export type Folder = {
  readonly name: string
  /** False for a level that only has children: \Noselect. */
  readonly selectable: boolean
  readonly subscribed: boolean
  readonly hasChildren: boolean
  /** mbox: a file cannot have children: \NoInferiors. */
  readonly noInferiors: boolean
  /** A level that is there, though it holds no mail: a folder on the disk. */
  readonly isLevel?: boolean
  /** Whether somebody waits for new mail in it, where that is known without looking. */
  readonly marked?: 'marked' | 'unmarked'
  /** Its file was added to since somebody read it. */
  readonly grown?: boolean
}

export type FolderStatus = {
  readonly messages: number
  readonly recent: number
  readonly unseen: number
  readonly uidNext: number
  readonly uidValidity: number
  readonly highestModseq: number
  /** Sum of message sizes, bytes. */
  readonly size: number
  readonly deleted: number
}

export type NewMessage = {
  /** Line ends LF or CRLF: stored as the format wants them. */
  readonly content: Uint8Array
  /** `lf`: they are LF already; a CR before one belongs to the line. */
  readonly lines?: 'lf'
  readonly flags?: readonly Flag[]
  readonly internalDate?: number
  /** mbox: the `From ` line's address. */
  readonly envelopeSender?: string
}

/** Why a change was made: for the trace (which POP3 or IMAP command, which delivery). */
export type Cause = {
  readonly session?: string
  readonly queueId?: string
  readonly command?: string
  /** The whole store is gone through, not only what changes: as POP3 has it done at its end. */
  readonly walk?: 'whole'
}

/** Sizes alone are often known without a look at the files. */
export type Details = 'sizes' | 'sizes and dates'

export type FlagChange = 'add' | 'remove' | 'replace'

export class MailboxError extends Error {
  readonly code:
    | 'NONEXISTENT'
    | 'ALREADYEXISTS'
    | 'CANNOT'
    | 'NOPERM'
    | 'OVERQUOTA'
    | 'INUSE'
    | 'LIMIT'
    | 'SERVERBUG'
    | 'EXPUNGED'
    /** Cannot be done with this folder; IMAP has no response code for it. */
    | 'NOTPOSSIBLE'
  constructor(code: MailboxError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** One open folder. Messages are in ascending order of UID. Sequence numbers are the business of `view.ts`. */
export interface OpenMailbox {
  readonly name: string
  readonly readOnly: boolean
  readonly uidValidity: number
  readonly uidNext: number
  readonly highestModseq: number
  readonly guid: string
  /** The messages as of the last refresh. */
  messages(): readonly MessageEntry[]
  /** Makes size and dates of these messages known; without `uids`, of all. A message that is gone is passed over. */
  load(uids?: readonly Uid[], what?: Details): Promise<void>
  /** All keywords in use, for FLAGS and PERMANENTFLAGS. */
  keywords(): readonly string[]
  /** A client named a keyword that no message has: a format that keeps a list of them takes it up with the next change. */
  mention?(keyword: string): void
  /**
   * Looks at the files again; says what changed since the last look. Without arrivals, new messages wait for the next
   * look, and are as recent then as if nobody had looked.
   */
  refresh(arrivals?: 'with-arrivals' | 'without-arrivals'): Promise<MailboxChanges>
  /** Calls back soon after another session or program changed the folder; the function returned ends it. */
  watch(changed: () => void): () => void
  /** The whole message, CRLF line ends. Throws MailboxError EXPUNGED when it is gone. */
  read(uid: Uid): Promise<Uint8Array>
  /** The header only, CRLF, with its empty line. */
  readHeader(uid: Uid): Promise<Uint8Array>
  /**
   * The lines of these header fields (names in capitals) by message, CRLF, one character a byte, in the order of the names. Remembered: the
   * next time costs no file. A message that is gone is passed over.
   */
  readFields(uids: readonly Uid[], names: readonly string[]): Promise<ReadonlyMap<Uid, string>>
  setFlags(
    uids: readonly Uid[],
    change: FlagChange,
    flags: readonly Flag[],
    cause: Cause,
  ): Promise<readonly MessageEntry[]>
  /** Removes the files. Resolves with those that were really removed. */
  expunge(uids: readonly Uid[], cause: Cause): Promise<readonly Uid[]>
  append(messages: readonly NewMessage[], cause: Cause): Promise<readonly Uid[]>
  copyTo(
    target: string,
    uids: readonly Uid[],
    mode: 'copy' | 'move',
    cause: Cause,
  ): Promise<{ uidValidity: number; uids: readonly (readonly [from: Uid, to: Uid])[] }>
  /** UIDs expunged since a modseq, for QRESYNC, as far as known. */
  vanishedSince(modseq: number): Promise<readonly Uid[]>
  close(): Promise<void>
}

/** `keep-recent`: may change everything, but leaves new messages in `new/`, and recent, for the next session. */
export type OpenMode = 'read-write' | 'read-only' | 'keep-recent'

export type MailboxChanges = {
  readonly added: readonly MessageEntry[]
  readonly removed: readonly Uid[]
  readonly changed: readonly MessageEntry[]
}

export interface MailStore {
  readonly format: 'maildir' | 'mbox'
  /** The hierarchy separator that IMAP shows: `.` for Maildir++, `/` for mbox. */
  readonly separator: string
  folders(): Promise<readonly Folder[]>
  /** Throws MailboxError NONEXISTENT. INBOX is made when it is not there. */
  open(name: string, mode: OpenMode): Promise<OpenMailbox>
  status(name: string): Promise<FolderStatus>
  /** Calls back soon after the folder changed, and looks at nothing before; the function returned ends it. */
  watch(name: string, changed: () => void): Promise<() => void>
  create(name: string, cause: Cause): Promise<void>
  remove(name: string, cause: Cause): Promise<void>
  rename(from: string, to: string, cause: Cause): Promise<void>
  subscribe(name: string, on: 'subscribed' | 'unsubscribed'): Promise<void>
  /** Subscribed names, also of folders that are not there any more. */
  subscriptions(): Promise<readonly string[]>
  /** Bytes and messages of the folders that count, from the files alone: nothing is made and no UID is given. */
  usage?(counted: (folder: string) => boolean): Promise<{ readonly bytes: number; readonly messages: number }>
  /** Makes what a user must have: INBOX of a Maildir. Looks at no message. */
  prepare(): Promise<void>
  /** Where the files of a folder are, whether it is there or not. */
  place?(name: string): string
  /** Delivers from outside any session: durable when it resolves. */
  deliver(name: string, message: NewMessage, cause: Cause): Promise<{ readonly file: string }>
}

/** Opens the mailboxes of a user of this host by `mail_location`; one store a user, shared by all sessions. */
export interface MailStores {
  /** `login`: the name is as a login left it, and what came with the password counts. Rejects with MailboxError. */
  of(user: string, after?: 'login'): Promise<MailStore>
  /** Where the user's files are; null for an unknown user. */
  user(name: string, after?: 'login'): Promise<MailUser | null>
  /** A store of this user at another place, as `mail_location` writes it. */
  at?(location: string, user: MailUser): Promise<MailStore>
}

export type MailUser = {
  /** As the user database has it. */
  readonly name: string
  readonly home: string
  /** What the user database says besides: `mail`, settings of one's own. */
  readonly fields?: ReadonlyMap<string, string>
}
