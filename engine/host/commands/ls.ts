/** ls lists a folder: names, and with -l their mode, links, size and time. ls(1). */
import type { CommandInput, HostCommand } from '#host/command.ts'
import { diskReason } from '#host/disk-errors.ts'
import { absolute } from '#host/paths.ts'
import { readLetters } from '#host/words.ts'
import type { Stat } from '#platform/disk.ts'

type Entry = { readonly name: string; readonly stat: Stat; readonly target: string | null }

export const ls: HostCommand = {
  name: 'ls',
  async run(input) {
    const letters = readLetters(input.words, { plain: '1AaCdFhlnrRtS' })
    if (!letters.ok) return { ...letters.result, exit: 2 }
    const { given } = letters
    const { disk } = input.box.machine
    const names = letters.operands.length > 0 ? letters.operands : ['.']
    const files: Entry[] = []
    const folders: string[] = []
    let stderr = ''
    for (const name of [...names].sort()) {
      const path = absolute(input.directory, name)
      const stat = await disk.stat(path)
      if (!stat) stderr += `ls: cannot access '${name}': No such file or directory\n`
      else if (stat.kind === 'folder' && !given.has('d')) folders.push(name)
      else files.push(await entry(input, path, name))
    }
    const blocks = files.length > 0 ? [format(input, files, given)] : []
    for (let i = 0; i < folders.length && i < 1000; i += 1) {
      const folder = folders[i] ?? ''
      try {
        const entries = await readFolder(input, folder, given)
        const heading = names.length > 1 || given.has('R') ? `${folder}:\n` : ''
        const total = given.has('l') || given.has('n') ? `total ${blocksOf(entries)}\n` : ''
        blocks.push(heading + total + format(input, entries, given))
        if (given.has('R')) {
          const inner = entries.filter(
            ({ name, stat }) => stat.kind === 'folder' && name !== '.' && name !== '..',
          )
          folders.splice(i + 1, 0, ...inner.map(({ name }) => `${folder.replace(/\/$/, '')}/${name}`))
        }
      } catch (error) {
        stderr += `ls: cannot open directory '${folder}': ${diskReason(error)}\n`
      }
    }
    return { stdout: blocks.join('\n'), stderr, exit: stderr === '' ? 0 : 2 }
  },
}

async function readFolder(
  input: CommandInput,
  folder: string,
  given: ReadonlySet<string>,
): Promise<readonly Entry[]> {
  const path = absolute(input.directory, folder)
  const names = [...(await input.box.machine.disk.list(path))].filter(
    (name) => !name.startsWith('.') || given.has('a') || given.has('A'),
  )
  if (given.has('a')) names.push('.', '..')
  const entries = await Promise.all(names.map((name) => entry(input, absolute(path, name), name)))
  const sorted = [...entries].sort((a, b) => {
    if (given.has('t') && a.stat.modified !== b.stat.modified) return b.stat.modified - a.stat.modified
    if (given.has('S') && a.stat.size !== b.stat.size) return b.stat.size - a.stat.size
    return a.name < b.name ? -1 : 1
  })
  return given.has('r') ? sorted.reverse() : sorted
}

async function entry(input: CommandInput, path: string, name: string): Promise<Entry> {
  const { disk } = input.box.machine
  const stat = (await disk.lstat(path)) ?? gone
  return { name, stat, target: stat.kind === 'symlink' ? await disk.readlink(path) : null }
}

/** A file may go between listing the folder and looking at it. */
const gone: Stat = { kind: 'file', size: 0, mode: 0, modified: 0, changed: 0, inode: 0, links: 0 }

const blocksOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, { stat }) => sum + Math.ceil(stat.size / 4096) * 4, 0)

function format(input: CommandInput, entries: readonly Entry[], given: ReadonlySet<string>): string {
  const mark = ({ stat }: Entry) =>
    !given.has('F') ? '' : stat.kind === 'folder' ? '/' : stat.kind === 'symlink' ? '@' : ''
  if (!given.has('l') && !given.has('n')) return entries.map((it) => `${it.name}${mark(it)}\n`).join('')
  const width = (of: (entry: Entry) => number) => Math.max(...entries.map((it) => String(of(it)).length), 1)
  const links = width(({ stat }) => stat.links)
  const sizes = width(({ stat }) => stat.size)
  return entries
    .map((it) => {
      const { stat } = it
      const time = formatTime(stat.modified, input.box.machine.clock.now())
      const target = it.target === null ? mark(it) : ` -> ${it.target}`
      const columns = [
        String(stat.links).padStart(links),
        'root root',
        String(stat.size).padStart(sizes),
        time,
      ]
      return `${formatMode(stat)} ${columns.join(' ')} ${it.name}${target}\n`
    })
    .join('')
}

function formatMode(stat: Stat): string {
  const kind = stat.kind === 'folder' ? 'd' : stat.kind === 'symlink' ? 'l' : '-'
  const bits = [6, 3, 0].map((shift) => {
    const three = (stat.mode >> shift) & 7
    return (three & 4 ? 'r' : '-') + (three & 2 ? 'w' : '-') + (three & 1 ? 'x' : '-')
  })
  return kind + bits.join('')
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const halfYear = 182 * 86_400_000

function formatTime(modified: number, now: number): string {
  const date = new Date(modified)
  const two = (value: number) => String(value).padStart(2, '0')
  const recent = modified <= now && now - modified < halfYear
  const last = recent
    ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
    : ` ${date.getUTCFullYear()}`
  return `${months[date.getUTCMonth()] ?? ''} ${String(date.getUTCDate()).padStart(2)} ${last}`
}
