/**
 * A zone: what DNS says in a lab, read from a master file.
 *
 * RFC 1035 §5.1 (the format), RFC 2308 §4 ($TTL), RFC 2782 (SRV), RFC 6698 §2.2 (TLSA). Besides, a line
 * `NAME. SERVFAIL` makes that name and all below it fail. One file may hold several zones; SOA and TTL may be left out.
 * Next: engine/platform/zone-lookup.ts
 */
import type { DnsRecord, RecordType } from './resolver.ts'
import { readRecordData, readSeconds } from './zone-records.ts'
import { readEntries, type Token } from './zone-tokens.ts'

export type Zone = {
  /** Names in lower case, without the dot at the end. */
  readonly records: ReadonlyMap<string, readonly DnsRecord[]>
  /** Names that have no records but names below them: for these the answer is "no data", not "no such name". */
  readonly between: ReadonlySet<string>
  /** Names at which, and below which, the servers fail. */
  readonly failing: ReadonlySet<string>
}

export type ZoneProblem = { readonly line: number; readonly column: number; readonly message: string }

export const emptyZone: Zone = { records: new Map(), between: new Set(), failing: new Set() }

/** How much of a zone file is read: more is a mistake. */
const mostRecords = 20_000
const mostProblems = 100

const recordTypes: readonly RecordType[] = [
  'A',
  'AAAA',
  'MX',
  'PTR',
  'TXT',
  'CNAME',
  'NS',
  'SOA',
  'SRV',
  'TLSA',
]

export function parseZone(text: string): {
  readonly zone: Zone
  readonly problems: readonly ZoneProblem[]
} {
  const reader = new ZoneReader()
  const { entries, problems } = readEntries(text)
  for (const entry of entries) reader.read(entry.startsLine, entry.tokens)
  return {
    zone: reader.zone(),
    problems: [...problems, ...reader.problems].sort(byPlace).slice(0, mostProblems),
  }
}

class ZoneReader {
  readonly problems: ZoneProblem[] = []
  readonly #records = new Map<string, DnsRecord[]>()
  readonly #failing = new Set<string>()
  #count = 0
  #origin = ''
  #defaultTtl: number | null = null
  #lastTtl = 3600
  #owner: string | null = null

  zone(): Zone {
    const between = new Set<string>()
    for (const name of this.#records.keys()) {
      for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        const above = name.slice(dot + 1)
        if (!this.#records.has(above)) between.add(above)
      }
    }
    return { records: this.#records, between, failing: this.#failing }
  }

  read(startsLine: boolean, tokens: readonly Token[]): void {
    const [first, ...rest] = tokens
    if (first === undefined) return
    if (startsLine && first.text.startsWith('$') && !first.quoted) {
      this.#directive(first, rest)
      return
    }
    if (!startsLine) {
      this.#record(tokens, first)
      return
    }
    this.#owner = this.#name(first)
    this.#record(rest, first)
  }

  #directive(directive: Token, [argument]: readonly Token[]): void {
    const word = directive.text.toUpperCase()
    if (word !== '$ORIGIN' && word !== '$TTL') {
      this.#problem(directive, `${directive.text} is not known here; $ORIGIN and $TTL are`)
    } else if (argument === undefined) {
      this.#problem(directive, `${word} needs a value`)
    } else if (word === '$ORIGIN') {
      this.#origin = this.#name(argument) ?? this.#origin
    } else {
      const seconds = readSeconds(argument.text)
      if (seconds === null) this.#problem(argument, `"${argument.text}" is not a time; write 3600 or 1h`)
      else this.#defaultTtl = seconds
    }
  }

  /** [TTL] [class] type data, or [class] [TTL] type data. */
  #record(tokens: readonly Token[], start: Token): void {
    let ttl: number | null = null
    let at = 0
    for (const token of tokens) {
      const seconds: number | null = ttl === null ? readSeconds(token.text) : null
      if (seconds !== null) ttl = seconds
      else if (/^(CH|HS)$/i.test(token.text)) {
        this.#problem(token, `class ${token.text}: only IN is known here`)
        return
      } else if (token.text.toUpperCase() !== 'IN') break
      at++
    }
    const typeToken = tokens[at]
    if (typeToken === undefined) {
      this.#problem(start, 'a record type is missing, such as A, MX or TXT')
      return
    }
    if (this.#owner === null) {
      this.#problem(start, 'the first record needs a name at the beginning of its line')
      return
    }
    if (typeToken.text.toUpperCase() === 'SERVFAIL') {
      this.#failing.add(this.#owner)
      return
    }
    const type = recordTypes.find((known) => known === typeToken.text.toUpperCase())
    if (type === undefined) {
      this.#problem(
        typeToken,
        `"${typeToken.text}" is not a record type known here (${recordTypes.join(', ')})`,
      )
      return
    }
    this.#lastTtl = ttl ?? this.#defaultTtl ?? this.#lastTtl
    const data = readRecordData(type, tokens.slice(at + 1), typeToken, (token) => this.#name(token))
    if ('message' in data) this.problems.push(data)
    else this.#add({ name: this.#owner, ttl: this.#lastTtl, ...data }, typeToken)
  }

  #add(record: DnsRecord, at: Token): void {
    if (++this.#count > mostRecords) {
      if (this.#count === mostRecords + 1)
        this.#problem(at, `more than ${mostRecords} records; the rest is not read`)
      return
    }
    const others = this.#records.get(record.name) ?? []
    if (others.length > 0 && others.some((other) => (other.type === 'CNAME') !== (record.type === 'CNAME'))) {
      this.#problem(at, `${record.name} is an alias (CNAME), so it can have no other record: RFC 1034 §3.6.2`)
      return
    }
    others.push(record)
    this.#records.set(record.name, others)
  }

  /** A name, made absolute. `@` is the origin. Null when it is none, which has then been said. */
  #name(token: Token): string | null {
    const text = token.text
    if (text === '@') return this.#origin
    const absolute = text.endsWith('.')
      ? text.slice(0, -1)
      : this.#origin === ''
        ? text
        : `${text}.${this.#origin}`
    const labels = absolute === '' ? [] : absolute.split('.')
    const good =
      absolute.length <= 253 &&
      labels.every((label) => label.length > 0 && label.length <= 63) &&
      !token.quoted
    if (!good) {
      this.#problem(token, `"${text}" is not a domain name`)
      return null
    }
    return absolute.toLowerCase()
  }

  #problem(at: Token, message: string): void {
    if (this.problems.length < mostProblems) this.problems.push({ line: at.line, column: at.column, message })
  }
}

function byPlace(a: ZoneProblem, b: ZoneProblem): number {
  return a.line - b.line || a.column - b.column
}
