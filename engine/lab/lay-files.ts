/**
 * Lays a host's first files on its disk, and on a later start only what changed in the lab's folder and was not
 * edited on the host meanwhile: what a learner wrote stays.
 *
 * Next: engine/lab/lab-host.ts
 */
import { createHash } from 'node:crypto'
import type { HostDefinition, LabDefinition } from '#control/lab-definition.ts'
import type { Change, Disk } from '#platform/disk.ts'
import { hostFiles } from './host-files.ts'

/** Path → digest of the text that was laid there last. */
type Laid = Readonly<Record<string, string>>

const laidPath = '/var/lib/mailscope/laid.json'
const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)

export async function layFiles(disk: Disk, host: HostDefinition, lab: LabDefinition): Promise<void> {
  const wanted = new Map(hostFiles(host, lab).map((file) => [file.path, file.text]))
  for (const [path, text] of Object.entries(host.files))
    wanted.set(path.startsWith('/') ? path : `/${path}`, text)

  const before: Laid =
    (await disk.stat(laidPath)) === null ? {} : (JSON.parse(await disk.readText(laidPath)) as Laid)
  const changes: Change[] = folders(host)
  for (const [path, text] of wanted) {
    const there = (await disk.stat(path)) === null ? null : await disk.readText(path)
    const untouched = there === null || digest(there) === before[path]
    if (untouched && there !== text) changes.push({ kind: 'write', path, bytes: text })
  }
  const laid = Object.fromEntries([...wanted].map(([path, text]) => [path, digest(text)]))
  changes.push({ kind: 'write', path: laidPath, bytes: JSON.stringify(laid) })
  await disk.apply(changes)
}

function folders(host: HostDefinition): Change[] {
  const names = [
    '/tmp',
    '/var/log',
    '/var/mail',
    '/root',
    ...Object.keys(host.users).map((user) => `/home/${user}`),
  ]
  return names.map((path) => ({ kind: 'mkdir', path }))
}
