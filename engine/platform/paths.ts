/** Paths of a host's own tree: absolute, bounded, and never able to name anything above the root. */
import { DiskError } from './disk.ts'

const longestName = 255
const longestPath = 4095
/** As Linux: more links than this on one way are a loop. */
export const mostLinks = 40

/** The names on the way from the root, `..` still among them because what it means depends on the links before it. */
export function namesOf(path: string): string[] {
  if (!path.startsWith('/') || path.includes('\0') || path.length > longestPath)
    throw new DiskError('EINVAL', path)
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  if (names.some((name) => name.length > longestName || utf8Length(name) > longestName)) {
    throw new DiskError('EINVAL', path)
  }
  return names
}

/** The names on the way to what a link points at, from the folder that holds the link. */
export function followLink(folder: readonly string[], target: string): string[] {
  return target.startsWith('/') ? namesOf(target) : [...folder, ...namesOf(`/${target}`)]
}

export function joinNames(names: readonly string[]): string {
  return `/${names.join('/')}`
}

function utf8Length(name: string): number {
  // Only a name with characters outside ASCII can be longer in bytes than in characters.
  return /^[\0-\x7f]*$/.test(name) ? name.length : new TextEncoder().encode(name).length
}
