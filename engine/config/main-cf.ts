/**
 * main.cf is a list of `name = value`; when a name comes again, the later value counts.
 *
 * postconf(5).
 * Next: engine/config/expand.ts
 */
import { logicalLines, positionAt, startsWithSpace, type LogicalLine } from '#config/logical-lines.ts'
import type { Position, Problem } from '#config/problem.ts'

export type MainCfEntry = {
  readonly name: string
  /** Trimmed at both ends, not expanded, continuation lines joined. */
  readonly value: string
  readonly nameAt: Position
  readonly valueAt: Position
  readonly source: LogicalLine
}

export type MainCf = {
  readonly file: string
  /** In the order of the file, repeated names included. */
  readonly entries: readonly MainCfEntry[]
  /** The entry that counts, for each name. */
  readonly values: ReadonlyMap<string, MainCfEntry>
  /** After a fatal problem nothing more was read. */
  readonly problems: readonly Problem[]
}

/** `file` is what messages call it: `/etc/postfix/main.cf`. */
export function parseMainCf(text: string, file: string): MainCf {
  const entries: MainCfEntry[] = []
  const values = new Map<string, MainCfEntry>()
  const problems: Problem[] = []

  for (const source of logicalLines(text)) {
    const at = { file, ...positionAt(source, 0) }
    if (startsWithSpace(source.text)) {
      problems.push({ ...at, severity: 'warning', message: leadingSpace(source.text) })
      continue
    }
    const split = splitNameValue(source.text)
    if (!split.ok) {
      problems.push({ ...at, severity: 'fatal', message: `${split.message}: "${source.text}"` })
      break
    }
    const { name, value } = split
    const earlier = values.get(name)
    if (earlier && earlier.value !== value) {
      const message = `overriding earlier entry: ${name}=${earlier.value}`
      problems.push({ ...at, severity: 'warning', message })
    }
    const entry = {
      name,
      value,
      nameAt: positionAt(source, 0),
      valueAt: positionAt(source, split.valueStart),
      source,
    }
    entries.push(entry)
    values.set(name, entry)
  }
  return { file, entries, values, problems }
}

export const leadingSpace = (text: string): string =>
  `logical line must not start with whitespace: "${text.slice(0, 30)}${text.length > 30 ? '...' : ''}"`

export type NameValue =
  | { readonly ok: true; readonly name: string; readonly value: string; readonly valueStart: number }
  | { readonly ok: false; readonly message: string }

/** `name = value`, as main.cf, `postconf -e` and `-o` in master.cf write it. */
export function splitNameValue(text: string): NameValue {
  const match = /^[\t\n\v\f\r ]*([^=\t\n\v\f\r ]*)[\t\n\v\f\r ]*(=?)[\t\n\v\f\r ]*/.exec(text)
  const name = match?.[1] ?? ''
  if (name === '') return { ok: false, message: 'missing attribute name' }
  if (!match || match[2] !== '=') return { ok: false, message: "missing '=' after attribute name" }
  const valueStart = match[0].length
  return { ok: true, name, value: trimEnd(text.slice(valueStart)), valueStart }
}

/** As Postfix trims: ASCII white space only. */
function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && startsWithSpace(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
