/**
 * Reads dovecot.conf with the files that it includes from a host's disk.
 *
 * Dovecot 2.3, "Config file syntax": !include, !include_try.
 */
import { parseDovecotConf, type DovecotConf } from '#config/dovecot-conf.ts'
import { absolute } from '#host/paths.ts'
import { DiskError, type Disk } from '#platform/disk.ts'

type ConfFile = { readonly file: string; readonly text: string }

const maximumFiles = 300

/** Throws DiskError when the file itself cannot be read. */
export async function loadDovecotConf(disk: Disk, path: string): Promise<DovecotConf> {
  const text = await disk.readText(path)
  const included = new Map<string, readonly ConfFile[]>()
  const toRead: ConfFile[] = [{ file: path, text }]
  let count = 0
  for (let next = toRead.pop(); next && count < maximumFiles; next = toRead.pop()) {
    for (const [, pattern = ''] of next.text.matchAll(/^\s*!include(?:_try)?\s+(\S+)\s*$/gm)) {
      const full = absolute(absolute(next.file, '..'), pattern)
      if (included.has(full)) continue
      const files = await readMatching(disk, full)
      included.set(full, files)
      toRead.push(...files)
      count += files.length
    }
  }
  return parseDovecotConf(
    text,
    path,
    (pattern, from) => included.get(absolute(absolute(from, '..'), pattern)) ?? [],
  )
}

/** `*` and `?` stand in the last part of a path. */
async function readMatching(disk: Disk, path: string): Promise<readonly ConfFile[]> {
  const folder = absolute(path, '..')
  const last = path.slice(path.lastIndexOf('/') + 1)
  const source = last
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
  const pattern = new RegExp(`^${source}$`)
  try {
    const names = /[*?]/.test(last) ? (await disk.list(folder)).filter((name) => pattern.test(name)) : [last]
    const paths = [...names].sort().map((name) => absolute(folder, name))
    return await Promise.all(
      paths.slice(0, maximumFiles).map(async (file) => ({ file, text: await disk.readText(file) })),
    )
  } catch (error) {
    if (error instanceof DiskError) return []
    throw error
  }
}
