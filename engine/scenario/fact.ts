/**
 * A description of a fact of the trace: its type and some of its fields, as `smtpd.reply code=554 host=mx*`.
 * Values may hold `*`; a value with blanks stands in quotes; a list fits when one of its items does.
 */
import type { TraceEvent } from '#trace/events.ts'
import { matches } from './glob.ts'

export type FactPattern = {
  readonly type: string
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}

/** The pattern, or what is wrong with it. */
export function readFactPattern(text: string): FactPattern | string {
  const words = text.match(/(?:[^\s"]|"[^"]*")+/g) ?? []
  const [type, ...rest] = words
  if (type === undefined || !/^[a-z0-9*]+(?:\.[a-z0-9*]+)?$/.test(type)) {
    return 'here belongs the type of a fact, such as smtpd.reply'
  }
  const fields: { name: string; value: string }[] = []
  for (const word of rest) {
    const at = word.indexOf('=')
    if (at < 1) return `"${word}" is no name=value`
    fields.push({ name: word.slice(0, at), value: word.slice(at + 1).replaceAll('"', '') })
  }
  return { type, fields }
}

export const factMatches = (pattern: FactPattern, event: TraceEvent): boolean =>
  matches(pattern.type, event.type) &&
  pattern.fields.every(({ name, value }) => candidates(event, name).some((text) => matches(value, text)))

export const writeFactPattern = ({ type, fields }: FactPattern): string =>
  [type, ...fields.map(({ name, value }) => `${name}=${/\s/.test(value) ? `"${value}"` : value}`)].join(' ')

/** `code` means the code of the reply where the fact itself has none; `lookups.key` goes inside. */
function candidates(event: TraceEvent, name: string): readonly string[] {
  const path = name.split('.')
  const direct = textsAt(event, path)
  return direct.length > 0 || !('reply' in event) ? direct : textsAt(event.reply, path)
}

function textsAt(value: unknown, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, path))
  const [name, ...rest] = path
  if (name !== undefined) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return []
    return textsAt((value as Record<string, unknown>)[name], rest)
  }
  if (typeof value === 'string') return [value]
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  return value === null ? ['null'] : []
}
