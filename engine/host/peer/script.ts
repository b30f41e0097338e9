/** What a scripted host answers: by its `script` in lab.yaml, and where that is silent, as a plain server that takes everything. */

/** Replies by the path of the command, as a glob; or one reply for all. */
type Replies = string | Readonly<Record<string, string>>

/** `script:` of a host in lab.yaml. A reply that is empty hangs up instead. */
export type PeerScript = {
  readonly greeting?: string | undefined
  readonly helo?: Replies | undefined
  /** The reply to EHLO alone: `502 5.5.1 never heard of it`. */
  readonly ehlo_reply?: string | undefined
  /** What EHLO offers, in place of the usual: `SIZE 1000`, `DSN`. */
  readonly ehlo?: readonly string[] | undefined
  /** What AUTH is answered, and each line that comes after a 334. */
  readonly auth?: readonly string[] | undefined
  readonly mail?: Replies | undefined
  readonly rcpt?: Replies | undefined
  /** The reply to DATA. */
  readonly go?: string | undefined
  /** The reply to the message itself. */
  readonly data?: string | undefined
  readonly rset?: string | undefined
  readonly quit?: string | undefined
  /** Before each reply: `200ms`. */
  readonly delay?: string | undefined
}

export type Verb = 'helo' | 'mail' | 'rcpt'

/** The reply to a command, as `250 2.1.5 Ok`. `argument` is what a glob of the script is matched with: the path without <>. */
export function scriptedReply(script: PeerScript, verb: Verb, argument: string): string | null {
  const chosen = script[verb]
  if (chosen === undefined || typeof chosen === 'string') return chosen ?? null
  const patterns = Object.entries(chosen)
  return patterns.find(([pattern]) => globMatches(pattern, argument))?.[1] ?? null
}

/** `*` and `?`, without regard to case; linear in both. */
export function globMatches(pattern: string, text: string): boolean {
  const p = pattern.toLowerCase()
  const t = text.toLowerCase()
  let at = 0
  let star = -1
  let mark = 0
  let i = 0
  while (i < t.length) {
    if (at < p.length && (p[at] === '?' || p[at] === t[i]) && p[at] !== '*') {
      at += 1
      i += 1
    } else if (p[at] === '*') {
      star = at++
      mark = i
    } else if (star >= 0) {
      at = star + 1
      i = ++mark
    } else return false
  }
  while (p[at] === '*') at += 1
  return at === p.length
}

/** `200ms`, `5s`, `2m` → ms. */
export function milliseconds(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)?$/.exec(text)
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match?.[2] ?? 's'] ?? 1000
  return Number(match?.[1] ?? 0) * unit
}
