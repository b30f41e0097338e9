/** What a session has read and removed: its last line in the mail log tells it. Dovecot 2.3, imap_logout_format. */
type Fetched = { count: number; bytes: number }

export class Counts {
  readonly header: Fetched = { count: 0, bytes: 0 }
  readonly body: Fetched = { count: 0, bytes: 0 }
  /** Messages that got \Deleted, by STORE. */
  deleted = 0
  expunged = 0
  /** Copied or moved into the mailbox for what was thrown away. */
  trashed = 0
  appended = 0

  fetched(what: 'header' | 'body', bytes: number): void {
    this[what].count++
    this[what].bytes += bytes
  }
}
