/**
 * Reads dovecot.conf with the files that it includes from a host's disk.
 *
 * Dovecot 2.3, "Config file syntax": !include, !include_try.
 */
import {
  parseDovecotConf,
  type DovecotConf,
  type DovecotEntry,
  type DovecotSetting,
} from '#config/dovecot-conf.ts'
import type { Problem } from '#config/problem.ts'
import { absolute } from '#host/paths.ts'
import { DiskError, type Disk } from '#platform/disk.ts'

type ConfFile = { readonly file: string; readonly text: string }

const maximumFiles = 300

/** Throws DiskError when the file itself cannot be read. `name`: what messages call it. */
export async function loadDovecotConf(disk: Disk, path: string, name = path): Promise<DovecotConf> {
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
    name,
    (pattern, from) => included.get(absolute(absolute(from === name ? path : from, '..'), pattern)) ?? [],
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

/** `ssl_cert = </etc/ssl/mail.pem` whose file is not there: the servers then do not start. */
export async function unreadableValue(
  disk: Disk,
  conf: DovecotConf,
  isAsked: (key: string) => boolean,
): Promise<Problem | null> {
  for (const { key, value, file, line } of allSettings(conf.entries)) {
    if (!value.startsWith('<') || value.length < 2 || !isAsked(key)) continue
    const path = absolute(absolute(file, '..'), value.slice(1))
    if ((await disk.stat(path)) !== null) continue
    const message = `${key}: Can't open file ${path}: No such file or directory`
    return { file, line, column: 1, severity: 'fatal', message }
  }
  return null
}

const allSettings = (entries: readonly DovecotEntry[]): readonly DovecotSetting[] =>
  entries.flatMap((entry) => (entry.kind === 'setting' ? [entry] : allSettings(entry.entries)))
