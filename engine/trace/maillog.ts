/**
 * The mail log: what each fact reads like in /var/log/mail.log, in Postfix's own words. Most facts leave no line.
 *
 * syslog(3), RFC 3164; the texts are those of Postfix 3.7 and Dovecot 2.3.
 */
import { syslogDate } from '#protocol/message/date.ts'
import type { FactOf, TraceEvent } from './events.ts'

/** The line, without a line end; null when the fact is not logged. */
export function mailLogLine(event: TraceEvent): string | null {
  const entry = entryOf(event)
  if (entry === null) return null
  const host = event.host?.split('.')[0] ?? 'localhost'
  return `${syslogDate(event.at)} ${host} ${entry.program}: ${printable(entry.text)}`
}

type Entry = { readonly program: string; readonly text: string }

function entryOf(event: TraceEvent): Entry | null {
  switch (event.type) {
    case 'daemon.logged':
      return logged(event)
    case 'cleanup.message':
      return postfix(
        'cleanup',
        `${event.queueId}: message-id=${event.messageId === '' ? '<>' : event.messageId}`,
      )
    case 'qmgr.active':
      return postfix(
        'qmgr',
        `${event.queueId}: from=<${event.sender}>, size=${event.size}, nrcpt=${event.recipients} (queue active)`,
      )
    case 'delivery.result':
      return postfix(event.agent, resultText(event))
    case 'queue.expired':
      return postfix('qmgr', `${event.queueId}: from=<${event.sender}>, status=expired, returned to sender`)
    case 'queue.removed':
      return event.queue === 'maildrop' && event.by === 'pickup'
        ? null
        : postfix(event.by ?? 'qmgr', `${event.queueId}: removed`)
    default:
      return null
  }
}

function logged({ daemon, level, text, queueId, prefix }: FactOf<'daemon.logged'>): Entry {
  if (dovecotDaemons.has(daemon)) {
    const kind = level === 'info' ? '' : `${level.charAt(0).toUpperCase()}${level.slice(1)}: `
    return {
      program: 'dovecot',
      text: `${prefix ?? (daemon === 'dovecot' ? 'master' : daemon)}: ${kind}${text}`,
    }
  }
  const about = queueId === undefined ? text : `${queueId}: ${text}`
  return postfix(daemon, level === 'info' ? about : `${level}: ${about}`)
}

const dovecotDaemons = new Set([
  'dovecot',
  'auth',
  'lmtp',
  ...['lmtpd', 'pop3d', 'imapd', 'sieved'],
  ...['pop3', 'imap', 'managesieve'].flatMap((service) => [service, `${service}-login`]),
])

const postfix = (daemon: string, text: string): Entry => ({
  program: `postfix/${daemon}[${processId(daemon)}]`,
  text,
})

/** A number that stays the same for a daemon. */
function processId(daemon: string): number {
  let hash = 0
  for (let i = 0; i < daemon.length; i++) hash = (hash * 31 + daemon.charCodeAt(i)) % 8999
  return 1001 + hash
}

function resultText(fact: FactOf<'delivery.result'>): string {
  const { queueId, recipient, original, relay, delays, status, outcome, soft, text } = fact
  const from =
    original === '' || original.toLowerCase() === recipient.toLowerCase() ? '' : ` orig_to=<${original}>,`
  const total = delays.reduce((sum, delay) => sum + delay, 0)
  const parts = delays.map(seconds).join('/')
  return (
    `${queueId}: to=<${recipient}>,${from} relay=${relay}, delay=${seconds(total)}, delays=${parts}, ` +
    `dsn=${status}, status=${soft ? 'SOFTBOUNCE' : outcome} (${text})`
  )
}

/** Two digits that matter, and nothing finer than a hundredth: `0.03`, `1.2`, `45`. */
export function seconds(value: number): string {
  if (value >= 9.95) return String(Math.round(value))
  return String(Number(value.toFixed(value >= 0.995 ? 1 : 2)))
}

const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f]/g, '?')
