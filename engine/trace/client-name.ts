/**
 * Which program a client is, from what it tells: the ID command of IMAP, `User-Agent` and `X-Mailer` in a letter that
 * it sends, and else from habits that few others have, such as the form of its IMAP tags.
 *
 * RFC 2971: ID. RFC 5321 §4.1.1.1: the argument of EHLO is no proof of anything.
 */
import type { SessionView } from './world.ts'

/** `certain`: it said so itself. `habit`: it behaves like that program. */
export type ClientName = { readonly name: string; readonly from: 'certain' | 'habit' }

const longest = 80
const firstTurns = 8

export function clientNameOf(session: SessionView): ClientName | null {
  const said = saidById(session.clientSays) ?? saidInLetter(session)
  if (said !== null) return { name: said.slice(0, longest), from: 'certain' }
  const habit = habitOf(session)
  return habit === null ? null : { name: habit, from: 'habit' }
}

/** `name=Thunderbird, version=128.0` → `Thunderbird 128.0`. */
function saidById(says: readonly string[]): string | null {
  const fields = new Map(
    (says.at(-1) ?? '').split(/, (?=[\w-]+=)/).map((field) => {
      const at = field.indexOf('=')
      return [field.slice(0, at).toLowerCase(), field.slice(at + 1)]
    }),
  )
  const name = fields.get('name')
  if (name === undefined || name === '') return null
  const version = fields.get('version')
  return version === undefined ? name : `${name} ${version}`
}

/** RFC 5322 knows neither field; every client writes one of them. */
function saidInLetter(session: SessionView): string | null {
  for (const { data } of session.exchanges) {
    if (data === null) continue
    const head = data.head.split(/\r?\n\r?\n/, 1)[0] ?? ''
    const told = /^(?:User-Agent|X-Mailer):[ \t]*([^\r\n]+)/im.exec(head)?.[1]?.trim()
    if (told) return told.replace(/^Mozilla\/5\.0 .*(Thunderbird)\/([\d.]+)$/, '$1 $2')
  }
  return null
}

type Habit = {
  readonly name: string
  readonly daemons: readonly SessionView['daemon'][]
  readonly line: RegExp
}

/** One line that a program begins with, and hardly another. */
const habits: readonly Habit[] = [
  { name: 'curl', daemons: ['imapd'], line: /^A001 CAPABILITY$/ },
  { name: 'mutt', daemons: ['imapd'], line: /^a0000 / },
  { name: 'Apple Mail', daemons: ['imapd'], line: /^1\.1 CAPABILITY/ },
  { name: 'Evolution', daemons: ['imapd'], line: /^A00000 / },
  { name: 'fetchmail', daemons: ['imapd'], line: /^A0001 CAPABILITY$/ },
  { name: 'Python imaplib', daemons: ['imapd'], line: /^[A-P]{3,5}0 CAPABILITY$/ },
  { name: 'Python smtplib', daemons: ['smtpd'], line: /^ehlo / },
  { name: 'Thunderbird', daemons: ['smtpd'], line: /^EHLO \[(?:127\.0\.0\.1|192\.168\.|10\.)[\d.]*\]$/ },
  { name: 'Thunderbird', daemons: ['pop3d'], line: /^AUTH$/ },
]

function habitOf(session: SessionView): string | null {
  for (const { command } of session.exchanges.slice(0, firstTurns)) {
    if (command === null) continue
    const found = habits.find(
      ({ daemons, line }) => daemons.includes(session.daemon) && line.test(command.line),
    )
    if (found !== undefined) return found.name
  }
  return null
}

/** What to call the client of a session: a host of the lab, the program that it is, or at least where it comes from. */
export function clientLabel(session: SessionView): string {
  if (session.clientHost !== null) return session.clientHost
  const known = clientNameOf(session)
  if (known === null) return session.client.address
  return known.from === 'certain' ? known.name : `${known.name}?`
}
