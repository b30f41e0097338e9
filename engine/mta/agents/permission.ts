/**
 * Who may write where. A lab's disk keeps no owners; what useradd(8) and Debian's own folders say stands for them: the
 * home of a person is that person's, and no system user may write in a folder of root.
 */
import type { Machine, SystemUser } from '#engine/machine.ts'

/** Debian gives a person a uid from here on; below are the users of the system. */
const firstPerson = 1000

/** Folders of system users, apart from what anybody may write in. */
const ownFolders: Readonly<Record<string, string>> = {
  mail: '/var/mail',
  man: '/var/cache/man',
}

/** Folders of which everybody knows that they are root's; below them there may be others. */
const rootFolders = new Set(
  [
    '',
    'bin',
    'etc',
    'etc/postfix',
    'home',
    'root',
    'usr',
    'var',
    'var/log',
    'var/spool',
    'var/spool/postfix',
  ].map((name) => `/${name}`),
)

/** Whether a delivery on behalf of a user of this host may make files in a folder, which need not be there yet. */
export async function mayWrite(
  machine: Machine,
  user: Pick<SystemUser, 'name' | 'uid' | 'home'>,
  folder: string,
): Promise<boolean> {
  if (user.uid === 0) return true
  const path = resolved(folder)
  const owner = ownerOf(path, await machine.users())
  if (owner !== null) return owner.uid === user.uid
  if (rootFolders.has(path)) return opensToAll(machine, path)
  if (user.uid >= firstPerson && user.uid !== anonymous) return true
  const own = ownFolders[user.name]
  return (own !== undefined && isWithin(path, own)) || opensToAll(machine, path)
}

/** `nobody`: whoever has no rights at all. */
const anonymous = 65_534

/** The person in whose home a path lies. */
function ownerOf(path: string, users: readonly SystemUser[]): SystemUser | null {
  const people = users.filter(({ uid }) => uid >= firstPerson && uid !== anonymous)
  return people.find(({ home }) => isWithin(path, home)) ?? null
}

export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)

/** The nearest folder that is there: may others write in it? */
async function opensToAll({ disk }: Machine, path: string): Promise<boolean> {
  for (let folder = path; folder !== ''; folder = folder.slice(0, folder.lastIndexOf('/'))) {
    const stat = await disk.stat(folder)
    if (stat !== null) return (stat.mode & 0o002) !== 0
  }
  return false
}

/** Without `//`, `.` and `..`. */
export function resolved(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** What both agents say when the tmp folder of a Maildir takes no file. */
export function maildirRefusal(machine: Machine, path: string): string {
  const seconds = Math.floor(machine.clock.now() / 1000)
  const file = `${path}tmp/${seconds}.P${machine.next('process')}.${machine.name}`
  return `create maildir file ${file}: Permission denied`
}
