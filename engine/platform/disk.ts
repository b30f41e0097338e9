/**
 * The file tree of one lab host. Paths are absolute in the host's own tree (`/etc/postfix/main.cf`);
 * no path, `..` or symbolic link leads outside it.
 */

/** One change of a disk. */
export type Change =
  /**
   * Creates or replaces a file. `exclusive`: refuse when it exists. `modified`: its mtime, ms. Missing folders are made.
   * `inPlace`: it stays the same file (the inode), for programs that have it open or locked.
   */
  | {
      kind: 'write'
      path: string
      bytes: Uint8Array | string
      mode?: number
      modified?: number
      exclusive?: true
      inPlace?: true
    }
  | { kind: 'append'; path: string; bytes: Uint8Array | string }
  | { kind: 'rename'; from: string; to: string }
  | { kind: 'link'; from: string; to: string }
  | { kind: 'symlink'; target: string; path: string }
  /**
   * Removes a file, a link, or a folder with all in it; no error when it is not there.
   * `spent`: nobody else has it open, so its place on the disk may be filled again at once.
   */
  | { kind: 'remove'; path: string; spent?: true }
  | { kind: 'mkdir'; path: string; mode?: number }
  /** Sets mtime, ms. */
  | { kind: 'touch'; path: string; modified: number }
  | { kind: 'chmod'; path: string; mode: number }

export type FileKind = 'file' | 'folder' | 'symlink'

export type Stat = {
  readonly kind: FileKind
  readonly size: number
  readonly mode: number
  /** Milliseconds since 1970. */
  readonly modified: number
  readonly changed: number
  readonly inode: number
  readonly links: number
}

export type DiskErrorCode =
  'ENOENT' | 'EEXIST' | 'ENOTDIR' | 'EISDIR' | 'ENOTEMPTY' | 'ENOSPC' | 'EACCES' | 'EINVAL' | 'EXDEV'

export class DiskError extends Error {
  readonly code: DiskErrorCode
  readonly path: string
  constructor(code: DiskErrorCode, path: string) {
    super(`${path}: ${code}`)
    this.code = code
    this.path = path
  }
}

/** Who holds a lock file, as programs on this computer write it into the file: `pid:host`. */
export type Signature = {
  readonly own: string
  /** Whether who signed so has certainly ended. */
  hasEnded(signature: string): boolean
}

export interface Disk {
  /** Absent where no program but this one sees the disk. */
  readonly signature?: Signature
  /** The bytes of a file, or of `range` in it. Throws DiskError. */
  read(path: string, range?: { start: number; end: number }): Promise<Uint8Array>
  /** UTF-8 text; bytes that are not UTF-8 become U+FFFD. */
  readText(path: string): Promise<string>
  /** The names in a folder, unsorted. */
  list(path: string): Promise<readonly string[]>
  /** Null when there is nothing at the path. Follows links; `lstat` does not. */
  stat(path: string): Promise<Stat | null>
  lstat(path: string): Promise<Stat | null>
  readlink(path: string): Promise<string>
  /** Makes the changes, in order, and resolves when every reader sees them. */
  apply(changes: readonly Change[]): Promise<void>
  /**
   * As `apply`, and resolves when they would also survive a loss of power: all of them or none.
   * Many commits under way at one moment share one sync (group commit).
   */
  commit(changes: readonly Change[]): Promise<void>
  /**
   * Calls back when something changed in a folder, whoever did it, perhaps more often than needed; the function returned
   * ends it. Null: nobody can tell, one must look now and then.
   */
  watch?(path: string, changed: () => void): (() => void) | null
}
