/**
 * The mail of one user as mbox files: INBOX where the system's mail is, every other folder a file below a folder, and
 * folders on the disk as levels that hold no mail.
 *
 * Dovecot 2.3, "Mbox".
 */
import type { Machine } from '#engine/machine.ts'
import { DiskError, type Change, type FileKind } from '#platform/disk.ts'
import { asMailboxError } from '../disk-errors.ts'
import type { CopyTo } from '../folder-core.ts'
import { canonicalName, checkFolderName, checkNameLength, isTooLong } from '../folder-names.ts'
import {
  MailboxError,
  type Cause,
  type Folder,
  type FolderStatus,
  type MailStore,
  type NewMessage,
  type OpenMailbox,
  type OpenMode,
} from '../mail-store.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../modified-utf7.ts'
import { OpenFolder } from '../open-folder.ts'
import { statusOf } from '../status.ts'
import { Subscriptions } from '../subscriptions.ts'
import { stateFile } from '../told.ts'
import { UidValidity } from '../uid-validity.ts'
import { MboxFolder } from './folder.ts'

export type MboxOptions = {
  readonly machine: Machine
  readonly user: string
  readonly root: string
  readonly inbox: string
  /** Where indexes are; null: `.imap` beside each mbox. */
  readonly index: string | null
}

const deepest = 30

export class MboxStore implements MailStore {
  readonly format = 'mbox'
  readonly separator = '/'
  readonly #options: MboxOptions
  readonly #folders = new Map<string, MboxFolder>()
  readonly #subscriptions: Subscriptions
  readonly #uidValidity: UidValidity

  constructor(options: MboxOptions) {
    this.#options = options
    this.#subscriptions = new Subscriptions(options.machine.disk, `${options.root}/.subscriptions`, '/')
    this.#uidValidity = new UidValidity(options.machine, options.index ?? `${options.root}/.imap`)
  }

  async folders(): Promise<readonly Folder[]> {
    const found = await this.#tree('', 0)
    const subscribed = new Set(await this.#subscriptions.names())
    const all: Folder[] = [
      {
        name: 'INBOX',
        selectable: true,
        subscribed: subscribed.has('INBOX'),
        hasChildren: found.some((other) => other.name.startsWith('INBOX/')),
        noInferiors: false,
      },
    ]
    for (const { name, kind } of found) {
      const file = kind === 'file'
      if (name === 'INBOX') continue
      const folder = file ? await this.#existing(name) : null
      const mark = (await folder?.mark()) ?? null
      all.push({
        name,
        selectable: file,
        subscribed: subscribed.has(name),
        hasChildren: found.some((other) => other.name.startsWith(`${name}/`)),
        noInferiors: file,
        isLevel: !file,
        ...(mark === null ? {} : { marked: mark }),
        ...(folder?.grown === true ? { grown: true } : {}),
      })
      // As Dovecot, which looks into each to tell whether it has new mail.
      if (file) await (await this.#existing(name)).refresh('leave')
    }
    await (await this.#existing('INBOX')).refresh('leave')
    return all
  }

  async open(typed: string, mode: OpenMode): Promise<OpenMailbox> {
    const folder = await this.#existing(canonicalName(typed))
    return OpenFolder.open(folder, mode, this.#copy, () => undefined)
  }

  async status(typed: string): Promise<FolderStatus> {
    const folder = await this.#existing(canonicalName(typed))
    await folder.refresh('leave')
    folder.synced()
    return statusOf(folder)
  }

  async watch(typed: string, changed: () => void): Promise<() => void> {
    return (await this.#existing(canonicalName(typed))).watch(changed)
  }

  async create(typed: string, cause: Cause): Promise<void> {
    const name = canonicalName(typed.replace(/\/$/, ''))
    checkFolderName(name, this)
    const path = this.#path(name)
    checkNameLength(name, path.slice(path.lastIndexOf('/') + 1))
    if ((await this.#kind(path)) !== null) throw new MailboxError('ALREADYEXISTS', 'Mailbox already exists')
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
      const above = name.slice(0, at)
      // INBOX is a file elsewhere: a folder of its name can have others below it.
      if (above !== 'INBOX' && (await this.#kind(this.#path(above))) === 'file')
        throw new MailboxError('CANNOT', "Mailbox doesn't allow inferior mailboxes")
    }
    // A name that ends in the separator is a level for others.
    await this.#apply([
      typed.endsWith('/')
        ? { kind: 'mkdir', path, mode: 0o700 }
        : { kind: 'write', path, bytes: '', mode: 0o600, exclusive: true },
    ])
    this.#state('created', name, path, cause)
  }

  async remove(typed: string, cause: Cause): Promise<void> {
    const name = canonicalName(typed)
    checkFolderName(name, this)
    if (name === 'INBOX') throw new MailboxError('NOTPOSSIBLE', "INBOX can't be deleted")
    const path = this.#path(name)
    const kind = await this.#kind(path)
    if (kind === null) throw this.#missing(name)
    if (kind === 'folder' && (await this.#names(path)).length > 0) {
      throw new MailboxError('NOTPOSSIBLE', 'Mailbox has children, delete them first')
    }
    await this.#apply([
      { kind: 'remove', path },
      { kind: 'remove', path: this.#indexPath(name) },
    ])
    this.#folders.delete(name)
    this.#state('removed', name, path, cause)
  }

  async rename(typedFrom: string, typedTo: string, cause: Cause): Promise<void> {
    const from = canonicalName(typedFrom)
    const to = canonicalName(typedTo)
    checkFolderName(from, this)
    checkFolderName(to, this)
    const [source, target] = [this.#path(from), this.#path(to)]
    if ((await this.#kind(source)) === null) throw this.#missing(from)
    if ((await this.#kind(target)) !== null)
      throw new MailboxError('ALREADYEXISTS', 'Target mailbox already exists')
    if (`${to}/`.startsWith(`${from}/`))
      throw new MailboxError('CANNOT', "Can't rename mailbox to its own child")
    const folder = target.slice(0, target.lastIndexOf('/'))
    await this.#apply([
      { kind: 'mkdir', path: folder, mode: 0o700 },
      { kind: 'rename', from: source, to: target },
      // There is always an INBOX.
      ...(from === 'INBOX' ? [{ kind: 'write', path: source, bytes: '', mode: 0o600 } as const] : []),
    ])
    for (const name of this.#folders.keys()) if (`${name}/`.startsWith(`${from}/`)) this.#folders.delete(name)
    this.#state('renamed', from, source, cause, target)
  }

  async subscribe(typed: string, on: 'subscribed' | 'unsubscribed'): Promise<void> {
    const name = canonicalName(typed)
    checkFolderName(name, this)
    await this.#subscriptions.change(name, on)
  }

  subscriptions(): Promise<readonly string[]> {
    return this.#subscriptions.names()
  }

  /** An INBOX without mail needs no file. */
  async prepare(): Promise<void> {}

  async deliver(typed: string, message: NewMessage, cause: Cause): Promise<{ readonly file: string }> {
    return (await this.#existing(canonicalName(typed))).deliver(message, cause)
  }

  place(name: string): string {
    return this.#path(name)
  }

  #path(name: string): string {
    const { root, inbox } = this.#options
    return name === 'INBOX' ? inbox : `${root}/${name.split('/').map(encodeModifiedUtf7).join('/')}`
  }

  #indexPath(name: string): string {
    const { root, index } = this.#options
    const levels = name.split('/').map(encodeModifiedUtf7)
    const last = levels.pop() ?? ''
    const folder = [index ?? root, ...levels].join('/')
    return index === null ? `${folder}/.imap/${last}` : `${folder}/${last}`
  }

  async #existing(name: string): Promise<MboxFolder> {
    checkFolderName(name, this)
    if (isTooLong(name)) throw this.#missing(name)
    const path = this.#path(name)
    const kind = await this.#kind(path)
    if (kind === 'folder') throw new MailboxError('NOTPOSSIBLE', "Mailbox isn't selectable")
    if (kind === null && name !== 'INBOX') {
      this.#folders.delete(name)
      throw this.#missing(name)
    }
    const known = this.#folders.get(name)
    if (known) return known
    const { machine, user } = this.#options
    const indexPath = this.#indexPath(name)
    const folder = new MboxFolder({
      machine,
      user,
      name,
      path,
      indexPath,
      newUidValidity: () => this.#uidValidity.next(),
    })
    this.#folders.set(name, folder)
    return folder
  }

  async #kind(path: string): Promise<FileKind | null> {
    try {
      return (await this.#options.machine.disk.stat(path))?.kind ?? null
    } catch (error) {
      if (error instanceof DiskError && error.code === 'ENOTDIR') return null
      throw asMailboxError(error)
    }
  }

  async #names(path: string): Promise<readonly string[]> {
    const names = await this.#options.machine.disk.list(path).catch(() => [])
    return names.filter((name) => !['.', '..', '.imap', '.subscriptions'].includes(name) && !isOwnFile(name))
  }

  async #tree(below: string, depth: number): Promise<{ name: string; kind: FileKind }[]> {
    const found: { name: string; kind: FileKind }[] = []
    // What stands below INBOX is in a folder of that name, whatever INBOX is itself.
    const path = [this.#options.root, ...below.split('/').map(encodeModifiedUtf7)]
      .join('/')
      .replace(/\/$/, '')
    for (const entry of await this.#names(path)) {
      const level = decodeModifiedUtf7(entry)
      const kind = level === null ? null : await this.#kind(`${path}/${entry}`)
      if (level === null || kind === null || `${path}/${entry}` === this.#options.inbox) continue
      const name = below === '' ? level : `${below}/${level}`
      found.push({ name, kind })
      if (kind === 'folder' && depth < deepest) found.push(...(await this.#tree(name, depth + 1)))
    }
    return found
  }

  readonly #copy: CopyTo = async (source, target, uids, mode, cause) => {
    const folder = await this.#existing(canonicalName(target))
    if (!(source instanceof MboxFolder)) throw new Error('a mbox copies from a mbox')
    await source.refresh('leave')
    const copies: { uid: number; message: NewMessage }[] = []
    for (const uid of uids) {
      const message = await source.copyOf(uid)
      if (message !== null) copies.push({ uid, message })
    }
    const saved =
      copies.length === 0
        ? []
        : await folder.append(
            copies.map(({ message }) => message),
            cause,
          )
    const taken = copies.map(({ uid }) => uid)
    if (mode === 'move') await source.expunge(taken, cause, 'leave')
    return { uidValidity: folder.uidValidity, pairs: taken.map((uid, i) => [uid, saved[i] ?? 0] as const) }
  }

  #missing(name: string): MailboxError {
    return new MailboxError('NONEXISTENT', `Mailbox doesn't exist: ${name}`)
  }

  async #apply(changes: readonly Change[]): Promise<void> {
    try {
      await this.#options.machine.disk.apply(changes)
    } catch (error) {
      throw asMailboxError(error)
    }
  }

  #state(
    change: 'created' | 'renamed' | 'removed',
    mailbox: string,
    file: string,
    cause: Cause,
    to?: string,
  ): void {
    const { machine, user } = this.#options
    stateFile(machine, { user, mailbox, change, file, ...(to === undefined ? {} : { to }) }, cause)
  }
}

const isOwnFile = (name: string): boolean =>
  name.endsWith('.lock') ||
  /^dovecot(?:\.(?:index|list|mailbox)|-(?:uidvalidity|uidlist|keywords))/.test(name)
