/**
 * Changes main.cf as `postconf -e`, `-X` and `-#` do: every other byte stays, comments inside a value too.
 *
 * postconf(1).
 */
import { linesWithEnds, startsWithSpace } from '#config/logical-lines.ts'

export type MainCfEdit =
  | { readonly kind: 'set'; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: 'remove' | 'comment out'; readonly names: ReadonlySet<string> }

export type EditedText = { readonly text: string; readonly warnings: readonly string[] }

/** `file` is what a warning calls it. */
export function editMainCf(text: string, file: string, edit: MainCfEdit): EditedText {
  const written: string[] = []
  const warnings: string[] = []
  const seen = new Set<string>()
  /** The value that is being changed goes on in this line. */
  let inside = false

  for (const line of linesWithEnds(text)) {
    const trimmed = line.trimStart()
    if (trimmed === '' || trimmed.startsWith('#')) {
      written.push(line)
      continue
    }
    if (startsWithSpace(line)) {
      if (!inside) written.push(line)
      else if (edit.kind === 'comment out') written.push(`#${line}`)
      continue
    }
    const name = /^[^\s=]*/.exec(line)?.[0] ?? ''
    inside = edit.kind === 'set' ? edit.values.has(name) : edit.names.has(name)
    if (!inside) {
      written.push(line)
      continue
    }
    if (seen.has(name)) warnings.push(`${file}: multiple entries for "${name}"`)
    seen.add(name)
    if (edit.kind === 'comment out') written.push(`#${line}`)
    else if (edit.kind === 'set') {
      written.push(`${name} = ${edit.values.get(name) ?? ''}\n`)
    }
  }
  if (edit.kind === 'set') {
    for (const [name, value] of edit.values) if (!seen.has(name)) written.push(`${name} = ${value}\n`)
  }
  return { text: written.join(''), warnings }
}
