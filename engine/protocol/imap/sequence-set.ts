/**
 * Which messages a command means: `2:4,7,12:*`, by sequence number or UID.
 *
 * RFC 3501 §9 (sequence-set); `$`, what the last search saved: RFC 5182.
 */
export type MessageRange = { readonly from: number; readonly to: number }

/** `*` is Infinity, until somebody knows the last message. */
export type SequenceSet = readonly MessageRange[] | 'saved'

const largest = 0xffffffff
const mostRanges = 20_000

export function readSequenceSet(text: string): SequenceSet | null {
  if (text === '$') return 'saved'
  // A comma at the end is forgiven.
  const parts = text.replace(/(?<=[\d*]),$/, '').split(',', mostRanges + 1)
  if (parts.length > mostRanges) return null
  const ranges: MessageRange[] = []
  for (const part of parts) {
    const [first = '', second, ...rest] = part.split(':')
    const a = readNumber(first)
    const b = second === undefined ? a : readNumber(second)
    if (a === null || b === null || rest.length > 0) return null
    ranges.push({ from: Math.min(a, b), to: Math.max(a, b) })
  }
  return ranges
}

function readNumber(text: string): number | null {
  if (text === '*') return Infinity
  if (!/^\d{1,10}$/.test(text)) return null
  const number = Number(text)
  return number >= 1 && number <= largest ? number : null
}

/** `*` replaced, ranges sorted and joined. `last`: the highest number there is. */
export function resolveRanges(ranges: readonly MessageRange[], last: number): readonly MessageRange[] {
  const known = ranges.map(({ from, to }) => {
    const [a, b] = [from === Infinity ? last : from, to === Infinity ? last : to]
    return { from: Math.min(a, b), to: Math.max(a, b) }
  })
  known.sort((a, b) => a.from - b.from)
  const joined: { from: number; to: number }[] = []
  for (const range of known) {
    const before = joined.at(-1)
    if (before && range.from <= before.to + 1) before.to = Math.max(before.to, range.to)
    else joined.push({ ...range })
  }
  return joined
}

/** Numbers as a set, in their order: 1,2,3,7 is `1:3,7`. */
export function writeSequenceSet(numbers: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < numbers.length;) {
    const first = numbers[i] ?? 0
    let last = first
    let next = i + 1
    while (numbers[next] === last + 1) {
      last++
      next++
    }
    parts.push(first === last ? String(first) : `${first}:${last}`)
    i = next
  }
  return parts.join(',')
}

export const inRanges = (ranges: readonly MessageRange[], number: number): boolean => {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const range = ranges[middle]
    if (range === undefined) return false
    if (number < range.from) high = middle - 1
    else if (number > range.to) low = middle + 1
    else return true
  }
  return false
}
