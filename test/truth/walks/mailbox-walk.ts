/** Reads a recorded dialogue with Dovecot as steps of its protocol's chart: from what was sent and answered alone. */
import { isImapName } from '#protocol/imap/commands/index.ts'
import type { MailboxCase, MailboxStep } from '../mailbox-case.ts'

/** What happened, and what was refused because it came out of order. */
export type Walked = { readonly type: string } | { readonly type: 'refused'; readonly verb: string }

type Turn = { readonly step: MailboxStep; readonly reply: readonly string[] }
type Protocol = 'pop3' | 'imap' | 'lmtp' | 'sieve'

/** One list of turns for each connection, with the protocol that is spoken on it. */
export function mailboxWalks(
  recorded: MailboxCase,
): readonly { protocol: Protocol; steps: readonly Walked[] }[] {
  const own = { pop3: 'pop3', imap: 'imap', lmtp: 'lmtp', sieve: 'lmtp', managesieve: 'sieve' } as const
  const current = new Map<string, Turn[]>()
  const all: { protocol: Protocol; turns: Turn[] }[] = []
  for (const [i, step] of recorded.dialogue.entries()) {
    const name = step.on ?? step.connect ?? 'a'
    const reply = recorded.replies[i] ?? []
    if (step.connect !== undefined) {
      const turns: Turn[] = []
      current.set(name, turns)
      all.push({ protocol: step.protocol ?? own[recorded.protocol], turns })
    } else current.get(name)?.push({ step, reply })
  }
  return all.map(({ protocol, turns }) => ({ protocol, steps: walks[protocol](turns) }))
}

const good = /^(?:\+OK|2|3|OK)/

/** LOGIN and the like: proved, or not, or not even tried. */
const proof = (type: string, answer: 'yes' | 'no' | 'neither'): readonly Walked[] =>
  answer === 'neither' ? [] : [{ type }, { type: answer === 'yes' ? 'authenticated' : 'not-authenticated' }]

function pop3(turns: readonly Turn[]): readonly Walked[] {
  const steps: Walked[] = []
  let proving = false
  for (const { step, reply } of turns) {
    if (step.starttls === true) steps.push({ type: 'tls-established' })
    if (step.send === undefined) continue
    const lines = step.send.split('\r\n')
    // Several commands at once: their answers are one line each, or we stop reading.
    if (lines.length > 1 && reply.length !== lines.length) return steps
    for (const [i, line] of lines.entries()) {
      const answer = (lines.length > 1 ? reply[i] : reply[0]) ?? '{CLOSED}'
      if (answer.startsWith('{')) return steps
      if (proving) {
        proving = answer.startsWith('+ ')
        steps.push({
          type: proving ? 'challenge' : answer.startsWith('+OK') ? 'authenticated' : 'not-authenticated',
        })
        continue
      }
      const [word = '', ...words] = line.split(' ')
      const verb = word.toUpperCase()
      const ok = good.test(answer)
      if (verb === 'AUTH' && words.length > 0) {
        proving = answer.startsWith('+ ')
        if (proving) steps.push({ type: 'AUTH' }, { type: 'challenge' })
        else if (ok || answer.includes('Authentication failed'))
          steps.push(...proof('AUTH', ok ? 'yes' : 'no'))
      } else if (verb === 'PASS' || verb === 'APOP') {
        steps.push(...proof(verb, ok ? 'yes' : answer.includes('Authentication failed') ? 'no' : 'neither'))
      } else if (ok && verb !== 'AUTH') steps.push({ type: verb })
      if (ok && verb === 'QUIT' && answer.includes('deleted')) steps.push({ type: 'updated' })
    }
    if (reply.includes('{CLOSED}')) return steps
  }
  return steps
}

function imap(turns: readonly Turn[]): readonly Walked[] {
  const steps: Walked[] = []
  /** Tags of commands that are not answered yet. */
  const asked = new Map<string, string>()
  let exchange: string | null = null
  for (const { step, reply } of turns) {
    if (step.starttls === true) steps.push({ type: 'tls-established' })
    for (const line of step.send === undefined ? [] : commandLines(step.send)) {
      const [tag = '', word = '', second = ''] = line.split(' ')
      const verb = word.toUpperCase()
      if (step.continues !== true) asked.set(tag, verb === 'UID' ? second.toUpperCase() : verb)
    }
    for (const line of reply) {
      const waiting = [...asked.values()]
      if (/^\+(?: |$)/.test(line) && waiting.includes('AUTHENTICATE')) {
        if (exchange === null) steps.push({ type: 'AUTHENTICATE' })
        exchange = 'AUTHENTICATE'
        steps.push({ type: 'challenge' })
      } else if (line === '+ idling') {
        exchange = 'IDLE'
        steps.push({ type: 'IDLE' })
      }
      const [, tag = '', status = '', text = ''] = /^(\S+) (OK|NO|BAD)\b(.*)/.exec(line) ?? []
      const verb = asked.get(tag)
      if (verb === undefined) continue
      asked.delete(tag)
      steps.push(...answered(verb, status, text, exchange))
      if (verb === 'AUTHENTICATE' || verb === 'IDLE') exchange = null
    }
    if (reply.includes('{CLOSED}')) return steps
  }
  return steps
}

function answered(verb: string, status: string, text: string, exchange: string | null): readonly Walked[] {
  if (status === 'BAD' && /No mailbox selected/.test(text)) return [{ type: 'refused', verb }]
  switch (verb) {
    case 'AUTHENTICATE':
      if (exchange !== null) return [{ type: status === 'OK' ? 'authenticated' : 'not-authenticated' }]
      return proof(verb, status === 'OK' ? 'yes' : text.includes('[AUTHENTICATIONFAILED]') ? 'no' : 'neither')
    case 'LOGIN':
      return proof(verb, status === 'OK' ? 'yes' : text.includes('[AUTHENTICATIONFAILED]') ? 'no' : 'neither')
    case 'SELECT':
    case 'EXAMINE':
      if (status === 'BAD') return []
      return [{ type: verb }, { type: status === 'OK' ? 'selected' : 'not-selected' }]
    case 'IDLE':
      return exchange === 'IDLE' ? [{ type: 'done' }] : []
    default:
      // What is not announced, GETMETADATA, is answered and is no word of the chart.
      return status === 'OK' && isImapName(verb) ? [{ type: verb }] : []
  }
}

/** The first lines of the commands in a text: what lies in a literal is none. */
function commandLines(text: string): readonly string[] {
  const lines: string[] = []
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\r\n', at)
    const line = end < 0 ? text.slice(at) : text.slice(at, end)
    lines.push(line)
    at += line.length + 2
    for (let literal = /\{(\d+)\+?\}$/.exec(line); literal !== null;) {
      at += Number(literal[1])
      const rest = /^[^\r\n]*/.exec(text.slice(at))?.[0] ?? ''
      literal = /\{(\d+)\+?\}$/.exec(rest)
      at += rest.length + 2
    }
  }
  return lines
}

function lmtp(turns: readonly Turn[]): readonly Walked[] {
  const steps: Walked[] = []
  for (const { step, reply } of turns) {
    const answer = reply.findLast((line) => /^\d{3}(?: |$)/.test(line)) ?? ''
    if (step.starttls === true) steps.push({ type: 'tls-established' })
    if (step.data !== undefined) {
      // Lines of a letter that nobody asked for are read as commands.
      if (steps.at(-1)?.type !== 'DATA') return steps
      steps.push({ type: 'end-of-data' })
    }
    if (step.send === undefined) continue
    const [line = '', ...more] = step.send.split('\r\n')
    const [word = '', size = '', last = ''] = line.split(' ')
    const verb = word.toUpperCase()
    if (more.length > 0 && verb !== 'BDAT') return steps
    if (verb === 'BDAT') {
      const isLast = last.toUpperCase() === 'LAST'
      if (answer.startsWith('503')) steps.push({ type: 'refused', verb }, { type: 'chunk-refused' })
      else if (answer.startsWith('501')) steps.push({ type: 'chunk-refused' })
      else if (/^\d+$/.test(size)) steps.push({ type: verb }, { type: isLast ? 'end-of-data' : 'chunk' })
    } else if (/^503/.test(answer)) steps.push({ type: 'refused', verb })
    else if (good.test(answer)) steps.push({ type: verb })
    if (reply.includes('{CLOSED}')) return steps
  }
  return steps
}

function sieve(turns: readonly Turn[]): readonly Walked[] {
  const steps: Walked[] = []
  let proving = false
  for (const { step, reply } of turns) {
    if (step.starttls === true) steps.push({ type: 'tls-established' })
    if (step.send === undefined) continue
    const answer = reply.findLast((line) => /^(?:OK|NO|BYE|["{])/.test(line)) ?? ''
    const ok = answer.startsWith('OK')
    const verb = (step.send.split(/[ \r]/, 1)[0] ?? '').toUpperCase()
    if (!proving && verb === 'AUTHENTICATE') {
      if (/^["{]/.test(answer)) steps.push({ type: verb }, { type: 'challenge' })
      else if (ok || /Authentication failed/.test(answer)) steps.push(...proof(verb, ok ? 'yes' : 'no'))
      proving = /^["{]/.test(answer)
    } else if (proving) {
      proving = /^["{]/.test(answer)
      steps.push({ type: proving ? 'challenge' : ok ? 'authenticated' : 'not-authenticated' })
    } else if (ok) steps.push({ type: verb })
    if (reply.includes('{CLOSED}')) return steps
  }
  return steps
}

const walks: Readonly<Record<Protocol, (turns: readonly Turn[]) => readonly Walked[]>> = {
  pop3,
  imap,
  lmtp,
  sieve,
}
