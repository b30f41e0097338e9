/** A Maildir as its three trays: tmp, new, cur. The folder is the first part of a file's path. */
import type { MailboxFileView, MailboxView } from '#trace/world.ts'

export type Trays = {
  readonly temporary: readonly MailboxFileView[]
  readonly fresh: readonly MailboxFileView[]
  readonly seen: readonly MailboxFileView[]
  /** What lies in no tray: the letters of an mbox. */
  readonly loose: readonly MailboxFileView[]
}

export function trays(mailbox: MailboxView | undefined): Trays {
  const files = [...(mailbox?.files.values() ?? [])]
  const within = (folder: string) => files.filter(({ file }) => folderOf(file) === folder)
  return {
    temporary: within('tmp'),
    fresh: within('new'),
    seen: within('cur'),
    loose: files.filter(({ file }) => folderOf(file) === null),
  }
}

const folderOf = (file: string): string | null => /(?:^|\/)(tmp|new|cur)\/[^/]+$/.exec(file)?.[1] ?? null

/** The letter behind `:2,` in a file name, as maildir(5) has them. */
export function flagsOf(file: string): readonly string[] {
  return Array.from(/:2,([A-Za-z]*)$/.exec(file)?.[1] ?? '')
}
