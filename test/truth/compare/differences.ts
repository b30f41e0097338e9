/** Where the real server and ours part, in lines to read: `-` the real one, `+` ours. */
import { isDeepStrictEqual } from 'node:util'
import type { SmtpCase, SmtpStep } from '../smtp-case.ts'
import { comparable, missingFromLog, type Played } from '../smtp-differences.ts'

const shown = 300

export function differencesOf(real: SmtpCase, ours: Played | Error): readonly string[] {
  if (ours instanceof Error) return [`  ours: ${(ours.stack ?? ours.message).slice(0, 800)}`]
  return [...inReplies(real, ours), ...inOutcome(real, ours), ...inLog(real, ours)]
}

function inReplies(real: SmtpCase, ours: Played): readonly string[] {
  const steps = ['(connect)', ...real.dialogue.flatMap(said)]
  const count = Math.max(real.replies.length, ours.replies.length)
  return Array.from({ length: count }, (_, i) => i).flatMap((i) => {
    const [a, b] = [real.replies[i], ours.replies[i]]
    return isDeepStrictEqual(a, b) ? [] : [`  ${steps[i] ?? ''}`, pair(a?.join(' | '), b?.join(' | '))]
  })
}

/** A step for each reply. */
function said(step: SmtpStep): readonly string[] {
  if ('send' in step) return [step.send.slice(0, 100)]
  if ('send_group' in step) return step.send_group
  if ('raw' in step)
    return Array.from({ length: step.replies ?? 1 }, () => JSON.stringify(step.raw.slice(0, 100)))
  if ('data' in step) return ['(the letter)']
  if ('connect' in step) return ['(connect)']
  if ('starttls' in step) return ['STARTTLS']
  return 'close' in step || 'sleep' in step ? [] : [JSON.stringify(step).slice(0, 100)]
}

function inOutcome(real: SmtpCase, ours: Played): readonly string[] {
  const plain = (outcome: object) =>
    JSON.parse(JSON.stringify(comparable(outcome))) as Record<string, unknown>
  const [a, b] = [plain(real.outcome), plain(ours.outcome)]
  return Object.keys(a).flatMap((part) =>
    isDeepStrictEqual(a[part], b[part]) ? [] : [`  ${part}`, pair(...apart(a[part], b[part]))],
  )
}

/** Two values without what is the same at their beginnings and ends. */
function apart(a: unknown, b: unknown): readonly [string, string] {
  const pieces = (value: unknown) => JSON.stringify(value).split(/(?<=[,[{])/)
  const [p, q] = [pieces(a), pieces(b)]
  let start = 0
  while (start < p.length && p[start] === q[start]) start++
  let end = 0
  while (end < Math.min(p.length, q.length) - start && p.at(-1 - end) === q.at(-1 - end)) end++
  const part = (all: readonly string[]) => all.slice(Math.max(0, start - 1), all.length - end).join('')
  return [part(p), part(q)]
}

function inLog(real: SmtpCase, ours: Played): readonly string[] {
  const lacking = missingFromLog(real.outcome, ours.outcome)
  if (lacking.length === 0) return []
  const told = new Set(real.outcome.log)
  const telling = /reject|status=|hold|discard|warning|filter|redirect/
  const instead = (ours.outcome.log ?? []).filter((line) => !told.has(line) && telling.test(line)).slice(0, 6)
  return ['  log', ...lacking.map((line) => `   - ${line}`), ...instead.map((line) => `   + ${line}`)]
}

const pair = (a = '(nothing)', b = '(nothing)'): string =>
  `   - ${a.slice(0, shown)}\n   + ${b.slice(0, shown)}`
