/** Bytes into files that are open, and out of them. */
import * as fs from 'node:fs'

type Content = {
  readonly bytes: Uint8Array | string
  readonly mode?: number
  readonly modified?: number
}

/** Fills a file that was just made; one that cannot be filled is taken away again. */
export function fill(file: number, path: string, step: Content): void {
  try {
    writeAll(file, step.bytes, 0)
    // The process's umask may have taken bits that were asked for.
    if (step.mode !== undefined && (step.mode & 0o077) !== 0) fs.fchmodSync(file, step.mode & 0o7777)
    if (step.modified !== undefined) fs.futimesSync(file, step.modified / 1000, step.modified / 1000)
    fs.closeSync(file)
  } catch (error) {
    fs.closeSync(file)
    fs.rmSync(path, { force: true })
    throw error
  }
}

export function writeAll(file: number, content: Uint8Array | string, position: number | null): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  for (let done = 0; done < bytes.length;) {
    done += fs.writeSync(file, bytes, done, bytes.length - done, position === null ? null : position + done)
  }
}

export function readLater(file: number, into: Uint8Array, offset: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(file, into, offset, into.length - offset, position, (error, count) => {
      if (error === null) resolve(count)
      else reject(error)
    })
  })
}
