/** What a first visit downloads, and what is loaded later, in bytes of gzip: read from the built page. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

export type Weights = {
  /** Scripts that the page loads before it shows anything. */
  readonly first: number
  /** Every script that is loaded later, by name. */
  readonly later: ReadonlyMap<string, number>
  /** woff2, as it is. */
  readonly fonts: number
}

export function weigh(folder: string): Weights {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const assets = readdirSync(join(folder, 'assets'))
  const named = [...html.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map((match) => match[1] ?? '')
  const first = withImports(folder, named)
  const size = (name: string) => gzipSync(readFileSync(join(folder, 'assets', name))).length
  const later = assets.filter((name) => name.endsWith('.js') && !first.has(name))
  return {
    first: [...first].reduce((sum, name) => sum + size(name), 0),
    later: new Map(later.map((name) => [name, size(name)])),
    fonts: assets
      .filter((name) => name.endsWith('.woff2'))
      .reduce((sum, name) => sum + readFileSync(join(folder, 'assets', name)).length, 0),
  }
}

/** What a script imports at its top is loaded with it. */
function withImports(folder: string, names: readonly string[]): ReadonlySet<string> {
  const all = new Set(names)
  for (const name of all) {
    const text = readFileSync(join(folder, 'assets', name), 'utf8')
    for (const [, imported = ''] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) all.add(imported)
  }
  return all
}
