/**
 * The mail of one user as a Maildir++: INBOX is the Maildir itself, every other folder a Maildir beside it whose name
 * begins with a dot and has dots between its levels. With LAYOUT=fs folders are plain folders in folders.
 *
 * Dovecot 2.3, "Maildir++"; maildir(5).
 */
import type { Machine } from '#engine/machine.ts'
import { DiskError, type Change } from '#platform/disk.ts'
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
import { MaildirFolder } from './folder.ts'
import { BaseNames } from './names.ts'

export type MaildirOptions = {
  readonly machine: Machine
  readonly user: string
  /** Of the Maildir in the host's tree. */
  readonly root: string
  readonly layout: 'maildir++' | 'fs'
}

type Shared = { readonly folder: MaildirFolder; open: number }

export class MaildirStore implements MailStore {
  readonly format = 'maildir'
  readonly separator: string
  readonly #options: MaildirOptions
  readonly #folders = new Map<string, Shared>()
  readonly #names: BaseNames
  readonly #subscriptions: Subscriptions
  readonly #uidValidity: UidValidity

  constructor(options: MaildirOptions) {
    this.#options = options
    this.separator = options.layout === 'fs' ? '/' : '.'
    this.#names = new BaseNames(options.machine)
    this.#subscriptions = new Subscriptions(
      options.machine.disk,
      `${options.root}/subscriptions`,
      this.separator,
    )
    this.#uidValidity = new UidValidity(options.machine, options.root)
  }

  async folders(): Promise<readonly Folder[]> {
    const selectable = new Set([
      'INBOX',
      ...(this.#options.layout === 'fs' ? await this.#tree('') : await this.#dotted()),
    ])
    const subscribed = new Set(await this.#subscriptions.names())
    const names = new Set<string>()
    for (const name of selectable) {
      const levels = name.split('/')
      for (let i = 1; i <= levels.length; i++) names.add(levels.slice(0, i).join('/'))
    }
    return [...names].map((name) => ({
      name,
      selectable: selectable.has(name),
      subscribed: subscribed.has(name),
      hasChildren: [...names].some((other) => other.startsWith(`${name}/`)),
      noInferiors: false,
    }))
  }

  async open(typed: string, mode: OpenMode): Promise<OpenMailbox> {
    const name = this.#name(typed)
    const shared = await this.#existing(name)
    shared.open++
    try {
      return await OpenFolder.open(shared.folder, mode, this.#copy, () => this.#release(name, shared))
    } catch (error) {
      this.#release(name, shared)
      throw error
    }
  }

  async status(typed: string): Promise<FolderStatus> {
    const { folder } = await this.#existing(this.#name(typed))
    await folder.refresh('leave', {})
    return statusOf(folder)
  }

  async watch(typed: string, changed: () => void): Promise<() => void> {
    const name = this.#name(typed)
    const shared = await this.#existing(name)
    shared.open++
    const unwatch = shared.folder.watch(changed)
    return () => {
      unwatch()
      this.#release(name, shared)
    }
  }

  async create(typed: string, cause: Cause): Promise<void> {
    const name = this.#name(typed)
    checkFolderName(name, this)
    this.#checkLength(name)
    if (await this.#exists(name)) throw new MailboxError('ALREADYEXISTS', 'Mailbox already exists')
    await this.#make(name, cause)
  }

  async remove(typed: string, cause: Cause): Promise<void> {
    const name = this.#name(typed)
    checkFolderName(name, this)
    if (name === 'INBOX') throw new MailboxError('NOTPOSSIBLE', "INBOX can't be deleted")
    if (this.#isTooLong(name)) throw this.#missing(name)
    if (!(await this.#exists(name))) {
      const parent = (await this.folders()).find((folder) => folder.name === name)
      if (parent && this.#options.layout === 'fs')
        throw new MailboxError('NOTPOSSIBLE', 'Mailbox has children, delete them first')
      if (this.#options.layout === 'fs' && (await this.#isFolder(name))) {
        await this.#apply([{ kind: 'remove', path: this.#path(name) }])
        return
      }
      throw this.#missing(name)
    }
    const path = this.#path(name)
    const removed: Change[] =
      this.#options.layout === 'fs' && (await this.#tree(name)).length > 0
        ? (await this.#options.machine.disk.list(path))
            .filter(
              (file) => ['cur', 'new', 'tmp', 'maildirfolder'].includes(file) || file.startsWith('dovecot'),
            )
            .map((file) => ({ kind: 'remove', path: `${path}/${file}` }))
        : [{ kind: 'remove', path }]
    await this.#apply(removed)
    this.#folders.delete(name)
    this.#state('removed', name, path, cause)
  }

  async rename(typedFrom: string, typedTo: string, cause: Cause): Promise<void> {
    const from = this.#name(typedFrom)
    const to = this.#name(typedTo)
    checkFolderName(from, this)
    checkFolderName(to, this)
    this.#checkLength(to)
    if (from === 'INBOX') throw new MailboxError('CANNOT', "Renaming INBOX isn't supported")
    const all = (await this.folders()).filter((folder) => folder.selectable).map((folder) => folder.name)
    const moved = all.filter((name) => name === from || name.startsWith(`${from}/`))
    if (moved.length === 0) throw this.#missing(from)
    if (all.includes(to)) throw new MailboxError('ALREADYEXISTS', 'Target mailbox already exists')
    if (`${to}/`.startsWith(`${from}/`))
      throw new MailboxError('CANNOT', "Can't rename mailbox to its own child")
    const targets = this.#options.layout === 'fs' ? [from] : moved
    await this.#apply(
      targets.map((name) => ({
        kind: 'rename',
        from: this.#path(name),
        to: this.#path(`${to}${name.slice(from.length)}`),
      })),
    )
    for (const name of moved) this.#folders.delete(name)
    for (const name of targets) {
      this.#state('renamed', name, this.#path(name), cause, this.#path(`${to}${name.slice(from.length)}`))
    }
  }

  async subscribe(typed: string, on: 'subscribed' | 'unsubscribed'): Promise<void> {
    const name = this.#name(typed)
    checkFolderName(name, this)
    await this.#apply([{ kind: 'mkdir', path: this.#options.root, mode: 0o700 }])
    await this.#subscriptions.change(name, on)
  }

  subscriptions(): Promise<readonly string[]> {
    return this.#subscriptions.names()
  }

  async usage(counted: (folder: string) => boolean): Promise<{ bytes: number; messages: number }> {
    const { disk } = this.#options.machine
    let bytes = 0
    let messages = 0
    for (const { name, selectable } of await this.folders()) {
      if (!selectable || !counted(name)) continue
      for (const tray of ['new', 'cur']) {
        const path = `${this.#path(name)}/${tray}`
        for (const file of await this.#list(path)) {
          const told = /,S=(\d+)/.exec(file)?.[1]
          bytes += told === undefined ? ((await disk.stat(`${path}/${file}`))?.size ?? 0) : Number(told)
          messages++
        }
      }
    }
    return { bytes, messages }
  }

  async prepare(): Promise<void> {
    await this.#existing('INBOX')
  }

  async deliver(typed: string, message: NewMessage, cause: Cause): Promise<{ readonly file: string }> {
    const { folder } = await this.#existing(this.#name(typed))
    return folder.deliver(message, cause)
  }

  #name(typed: string): string {
    return canonicalName(typed)
  }

  place(name: string): string {
    return this.#path(name)
  }

  #path(name: string): string {
    const { root, layout } = this.#options
    if (name === 'INBOX') return root
    const levels = name.split('/').map(encodeModifiedUtf7)
    return layout === 'fs' ? `${root}/${levels.join('/')}` : `${root}/.${levels.join('.')}`
  }

  /** With nested folders: a level that no mail lies in. */
  async #isFolder(name: string): Promise<boolean> {
    return (await this.#options.machine.disk.stat(this.#path(name)))?.kind === 'folder'
  }

  #checkLength(name: string): void {
    const path = this.#path(name)
    checkNameLength(name, path.slice(path.lastIndexOf('/') + 1))
  }

  #isTooLong(name: string): boolean {
    const path = this.#path(name)
    return isTooLong(name) || Buffer.byteLength(path.slice(path.lastIndexOf('/') + 1)) > 255
  }

  async #existing(name: string): Promise<Shared> {
    checkFolderName(name, this)
    if (this.#isTooLong(name)) throw this.#missing(name)
    const known = this.#folders.get(name)
    if (await this.#exists(name)) {
      if (known) return known
    } else if (name === 'INBOX') {
      await this.#make(name, {})
    } else {
      this.#folders.delete(name)
      throw this.#missing(name)
    }
    // Somebody else may have come here in the meantime: one folder is one object.
    const again = this.#folders.get(name)
    if (again) return again
    const { machine, user } = this.#options
    const folder = new MaildirFolder({
      machine,
      user,
      name,
      path: this.#path(name),
      names: this.#names,
      newUidValidity: () => this.#uidValidity.next(),
    })
    const shared = { folder, open: 0 }
    this.#folders.set(name, shared)
    return shared
  }

  /** A folder that nobody has open is forgotten when many are known: its files tell all of it again. */
  #release(name: string, shared: Shared): void {
    shared.open--
    if (shared.open > 0 || this.#folders.size < 32) return
    if (this.#folders.get(name) === shared && name !== 'INBOX') this.#folders.delete(name)
  }

  async #exists(name: string): Promise<boolean> {
    const stat = await this.#options.machine.disk.stat(`${this.#path(name)}/cur`)
    if (stat?.kind === 'folder') return true
    return name !== 'INBOX' && this.#options.layout !== 'fs'
      ? (await this.#options.machine.disk.stat(this.#path(name)))?.kind === 'folder'
      : false
  }

  async #make(name: string, cause: Cause): Promise<void> {
    const path = this.#path(name)
    const changes: Change[] = ['', '/cur', '/new', '/tmp'].map((folder) => ({
      kind: 'mkdir',
      path: `${path}${folder}`,
      mode: 0o700,
    }))
    if (name !== 'INBOX' && this.#options.layout !== 'fs') {
      changes.push({ kind: 'write', path: `${path}/maildirfolder`, bytes: '', mode: 0o600 })
    }
    await this.#apply(changes)
    this.#state('created', name, path, cause)
  }

  #missing(name: string): MailboxError {
    return new MailboxError('NONEXISTENT', `Mailbox doesn't exist: ${name.replaceAll('/', this.separator)}`)
  }

  async #dotted(): Promise<readonly string[]> {
    const { root, machine } = this.#options
    const names: string[] = []
    for (const entry of await this.#list(root)) {
      if (!/^\.[^.]/.test(entry) || entry.includes('..') || entry.endsWith('.')) continue
      const levels = entry.slice(1).split('.').map(decodeModifiedUtf7)
      if (levels.includes(null)) continue
      if ((await machine.disk.stat(`${root}/${entry}`))?.kind === 'folder')
        names.push(canonicalName(levels.join('/')))
    }
    return names
  }

  /** LAYOUT=fs: every folder that has a `cur`. */
  async #tree(below: string, depth = 0): Promise<readonly string[]> {
    const { root, machine } = this.#options
    if (depth > 30) return []
    const path = below === '' ? root : this.#path(below)
    const names: string[] = []
    for (const entry of await this.#list(path)) {
      if (['cur', 'new', 'tmp', '.', '..'].includes(entry)) continue
      const level = decodeModifiedUtf7(entry)
      if (level === null || (await machine.disk.stat(`${path}/${entry}`))?.kind !== 'folder') continue
      const name = below === '' ? level : `${below}/${level}`
      if ((await machine.disk.stat(`${path}/${entry}/cur`))?.kind === 'folder') names.push(name)
      names.push(...(await this.#tree(name, depth + 1)))
    }
    return names
  }

  async #list(path: string): Promise<readonly string[]> {
    try {
      return await this.#options.machine.disk.list(path)
    } catch (error) {
      if (error instanceof DiskError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return []
      throw error
    }
  }

  async #apply(changes: readonly Change[]): Promise<void> {
    try {
      await this.#options.machine.disk.apply(changes)
    } catch (error) {
      throw asMailboxError(error)
    }
  }

  readonly #copy: CopyTo = async (source, target, uids, mode, cause) => {
    const { folder } = await this.#existing(this.#name(target))
    if (!(source instanceof MaildirFolder)) throw new Error('a Maildir copies from a Maildir')
    const sources = await source.sources(uids)
    const adopted = await folder.adopt(
      sources.map(({ adoption }) => adoption),
      cause,
    )
    if (mode === 'move') {
      await source.expunge(
        sources.map(({ uid }) => uid),
        cause,
      )
    }
    const pairs = sources.map(({ uid }, i) => [uid, adopted[i] ?? 0] as const)
    return { uidValidity: folder.uidValidity, pairs }
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
