/**
 * A file of one's own texts for reports: `failure_template = <<EOF`, lines, `EOF`. What is wrong in a template costs
 * that template only: the standard one is used.
 *
 * bounce(5).
 */
import { headerNameLength } from '#protocol/message/header.ts'
import type { Template } from './report.ts'
import { templates as standard, type ReportKind } from './templates.ts'

export type Templates = Readonly<Record<ReportKind, Template>>

const kinds: readonly ReportKind[] = ['failure', 'delay', 'success', 'verify']

/** `path`: as warnings name the file. */
export function readTemplateFile(
  text: string,
  path: string,
): { readonly templates: Templates; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  const templates: Record<ReportKind, Template> = { ...standard }
  for (const { name, lines, line } of blocksOf(text, path, warnings)) {
    const kind = kinds.find((one) => `${one}_template` === name)
    if (kind === undefined) {
      warnings.push(`${path}, line ${line}: unknown template name: ${name} -- ignoring this template`)
      continue
    }
    const read = readTemplate(lines, kind)
    if ('problem' in read) warnings.push(...read.problem.map((warning) => warning.replace('{path}', path)))
    else templates[kind] = read
  }
  return { templates, warnings }
}

type Block = { readonly name: string; readonly lines: readonly string[]; readonly line: number }

function* blocksOf(text: string, path: string, warnings: string[]): Generator<Block> {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    if (/^\s*(#|$)/.test(line)) continue
    const [, name, value = ''] = /^\s*(\S+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (name === undefined) {
      warnings.push(`${path}, line ${i + 2}: missing '=' after attribute name: "${line.trim()}"`)
      continue
    }
    const marker = /^<<\s*(.*)$/.exec(value)?.[1]
    if (marker === undefined) {
      yield { name, lines: [value], line: i + 2 }
      continue
    }
    const start = i + 1
    let end = lines.indexOf(marker, start)
    if (end < 0) {
      end = lines.length
      warnings.push(`${path}, line ${end + 1}: missing "${marker}" end marker`)
    }
    yield { name, lines: lines.slice(start, end), line: end + 2 }
    i = end
  }
}

function readTemplate(
  lines: readonly string[],
  kind: ReportKind,
): Template | { readonly problem: readonly string[] } {
  const fields: { -readonly [Name in keyof Template]: Template[Name] } = { ...standard[kind] }
  const ignored = (why: string) => ({
    problem: [`{path}: ${why} in ${kind} template -- ignoring this template`],
  })
  let i = 0
  for (; i < lines.length; i++) {
    const line = lines[i] ?? ''
    const length = headerNameLength(line)
    if (length === 0) break
    const label = line.slice(0, length)
    const value = line.slice(length).replace(/^[\s:]+/, '')
    if (value === '') return ignored(`empty "${label}" header value`)
    switch (label.toLowerCase()) {
      case 'charset':
        fields.charset = value
        break
      case 'from':
        fields.from = value
        break
      case 'subject':
        fields.subject = value
        break
      case 'postmaster-subject':
        if (standard[kind].postmasterSubject === '') return ignored(`inapplicable "${label}" header label`)
        fields.postmasterSubject = value
        break
      default:
        return ignored(`unknown "${label}" header label`)
    }
  }
  while (i < lines.length && (lines[i] ?? '').trim() === '') i++
  const text = lines.slice(i)
  if (text.length === 0) return ignored('missing message text')
  if (fields.charset.toLowerCase() === 'us-ascii' && text.some((line) => /[^\u0000-\u007f]/.test(line))) {
    return {
      problem: [
        `{path}: 8-bit message text in ${kind} template`,
        'please specify a charset value other than us-ascii',
        '-- ignoring this template for now',
      ],
    }
  }
  return { ...fields, text }
}

const units = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000, weeks: 604_800_000 }

export type Expansion = {
  readonly lines: readonly string[]
  readonly warnings: readonly string[]
  /** A line with a name that nobody knows: Postfix gives up. */
  readonly undefinedIn: string | null
}

/**
 * The text with its names filled in: `$delay_warning_time_hours` is the parameter in that unit, rounded down.
 * `origin`: the file, or `[built-in]`. `time`: milliseconds.
 */
export function expandTemplate(
  lines: readonly string[],
  {
    kind,
    origin,
    value,
    time,
  }: {
    readonly kind: ReportKind
    readonly origin: string
    readonly value: (name: string) => string | null
    readonly time: (name: string) => number
  },
): Expansion {
  const warnings: string[] = []
  let undefinedIn: string | null = null
  const valueOf = (name: string): string | null => {
    const [, parameter, unit] =
      /^(delay_warning_time|maximal_queue_lifetime)_(seconds|minutes|hours|days|weeks)$/.exec(name) ?? []
    if (parameter === undefined) return value(name)
    const milliseconds = time(parameter)
    const result = Math.floor(milliseconds / units[unit as keyof typeof units])
    if (milliseconds > 0 && result === 0) {
      warnings.push(
        `${origin}: zero result in ${kind} template conversion of parameter "${name}"`,
        `please reduce time unit "${unit ?? ''}" of "${name}" in ${kind} template`,
        'for instructions see the bounce(5) manual',
      )
    }
    return String(result)
  }
  const filled = lines.map((line) =>
    line.replace(
      /\$(?:\{(\w+)\}|\((\w+)\)|(\w+)|\$)/g,
      (all, braced?: string, round?: string, bare?: string) => {
        if (all === '$$') return '$'
        const found = valueOf(braced ?? round ?? bare ?? '')
        if (found === null) undefinedIn ??= line
        return found ?? ''
      },
    ),
  )
  return { lines: filled, warnings, undefinedIn }
}
