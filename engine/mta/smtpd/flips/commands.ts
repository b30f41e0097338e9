/** How a command might have been written, or what might have been sent before it. RFC 5321 §4.1. */
import { commands } from '#protocol/smtp/commands/index.ts'
import type { TracedReply } from '#trace/events.ts'
import type { Moment } from '../moments.ts'
import { askedOf, forAddress, ofLines, type Asked, type Candidate } from './candidate.ts'

export function commandCandidates(moment: Moment, given: TracedReply): readonly Candidate[] {
  const asked = askedOf(moment)
  if (moment.asked.kind !== 'command') return []
  const isOrder = given.code === '503' || (given.code === '554' && given.status === '5.5.1')
  const name = `client.${moment.parts.settings.all.text('mydomain')}`
  const written = isOrder ? [] : rewritten(asked, name).filter((line) => line !== asked.line)
  return [
    ...[...new Set(written)].map((line) => ofLines({ kind: 'instead', line }, line)),
    ...(isOrder ? earlier(name) : []).map((lines) => {
      const all = [...lines, withoutInitial(asked)]
      return ofLines({ kind: 'before', lines: all }, ...all)
    }),
  ]
}

/** The same intent in better form. */
function rewritten(asked: Asked, name: string): readonly string[] {
  const { verb, line, address } = asked
  const words = line.split(/[ \t]+/)
  switch (verb) {
    case 'MAIL':
    case 'RCPT':
      return [...(address === null ? [] : [line.replace(/:\s+/, ':')]), forAddress(asked, plausible(address))]
    case 'HELO':
    case 'EHLO':
      return [`${verb} ${name}`]
    case 'AUTH':
      return [withoutInitial(asked), 'AUTH PLAIN', 'AUTH LOGIN']
    case 'VRFY':
      return address === null ? ['VRFY postmaster'] : [`VRFY ${address}`]
    default: {
      const near = nearest(verb)
      return Object.hasOwn(commands, verb)
        ? [verb]
        : near === null
          ? []
          : [[near, ...words.slice(1)].join(' '), near]
    }
  }
}

/** Without a space, and with no more than one `@`; nobody, when there is nothing. */
function plausible(address: string | null): string {
  const bare = (address ?? '').replace(/[\s<>]/g, '')
  return bare === '' ? 'postmaster' : bare
}

/** What proves the user is masked: the server is asked to ask for it. */
const withoutInitial = ({ verb, line }: Asked): string =>
  verb === 'AUTH' ? line.split(/[ \t]+/, 2).join(' ') : line

/** Shortest first. */
const earlier = (name: string): readonly (readonly string[])[] => {
  const hello = `EHLO ${name}`
  const mail = 'MAIL FROM:<>'
  const rcpt = 'RCPT TO:<postmaster>'
  return [['RSET'], [hello], [mail], [rcpt], [hello, mail], [mail, rcpt], [hello, mail, rcpt]]
}

/** The verb that was perhaps meant: at most two letters are other, missing or too many. */
function nearest(word: string): string | null {
  if (word === '' || word.length > 12) return null
  const known = Object.keys(commands).filter((verb) => !/^(?:LHLO|X)/.test(verb))
  const [best] = known
    .map((verb) => ({ verb, away: distance(word, verb) }))
    .filter(({ away }) => away <= 2)
    .sort((a, b) => a.away - b.away)
  return best?.verb ?? null
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
