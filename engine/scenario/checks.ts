/**
 * A check of a lesson: a question about what the lab has done, answered from the trace. Judged by effect, not by
 * what was typed; when the answer is no, it says why, in both languages.
 *
 *     mailbox carol/INBOX has 1 message where Subject: hello
 *     session from laptop.example.com to mx.example.org:25 got 5xx to RCPT
 *     queue mail.example.com deferred has 1 message
 *     expect queue.removed host=mx.example.org
 *     expect not smtpd.reply code=5*
 */
import type { TraceEvent } from '#trace/events.ts'
import type { Exchange, MailboxFileView, QueueName, SessionView, World } from '#trace/fold.ts'
import { factMatches, readFactPattern, writeFactPattern, type FactPattern } from './fact.ts'
import { matches } from './glob.ts'

export type Count = { readonly kind: 'exactly' | 'at least'; readonly number: number }

export type Check =
  | {
      readonly kind: 'mailbox'
      readonly user: string
      readonly mailbox: string
      readonly host: string | null
      readonly count: Count
      readonly where: { readonly header: string; readonly value: string } | null
    }
  | {
      readonly kind: 'session'
      readonly from: string | null
      readonly to: string | null
      readonly port: number | null
      readonly code: string
      readonly verb: string
    }
  | { readonly kind: 'queue'; readonly host: string; readonly queue: QueueName; readonly count: Count }
  | { readonly kind: 'expect'; readonly wanted: 'some' | 'none'; readonly fact: FactPattern }

export type Judgement = { readonly done: boolean; readonly why: { readonly en: string; readonly zh: string } }

/** The check, or one sentence about what is wrong with it. */
export function parseCheck(text: string): Check | string {
  const [, word = '', rest = ''] = /^(\S+)\s*(.*?)\s*$/s.exec(text.trim()) ?? []
  switch (word) {
    case 'mailbox':
      return readMailbox(rest)
    case 'session':
      return readSession(rest)
    case 'queue':
      return readQueue(rest)
    case 'expect': {
      const none = /^not\s+/.exec(rest)
      const fact = readFactPattern(none ? rest.slice(none[0].length) : rest)
      return typeof fact === 'string' ? fact : { kind: 'expect', wanted: none ? 'none' : 'some', fact }
    }
    default:
      return `a check begins with mailbox, session, queue or expect, not with "${word}"`
  }
}

export function judge(check: Check, world: World, events: Iterable<TraceEvent>): Judgement {
  switch (check.kind) {
    case 'mailbox':
      return judgeMailbox(check, world)
    case 'session':
      return judgeSession(check, world)
    case 'queue':
      return judgeQueue(check, world)
    case 'expect':
      return judgeFact(check, events)
    default:
      return check satisfies never
  }
}

const done: Judgement = { done: true, why: { en: '', zh: '' } }
const notDone = (en: string, zh: string): Judgement => ({ done: false, why: { en, zh } })

function readMailbox(text: string): Check | string {
  const match =
    /^([^\s/]+)\/(\S+)(?:\s+on\s+(\S+))?\s+has\s+(.+?)\s+messages?(?:\s+where\s+([A-Za-z-]+):\s*(.+))?$/.exec(
      text,
    )
  const count = readCount(match?.[4] ?? '')
  if (!match || count === null) return 'write: mailbox USER/FOLDER has 1 message where Header: value'
  const [, user = '', mailbox = '', host, , header, value] = match
  const where = header === undefined || value === undefined ? null : { header, value }
  return { kind: 'mailbox', user, mailbox, host: host ?? null, count, where }
}

function readSession(text: string): Check | string {
  const match =
    /^(?:from\s+(\S+)\s+)?(?:to\s+([^\s:]+)(?::(\d{1,5}))?\s+)?got\s+([245]xx|3xx|\d{3}|\+OK|-ERR|OK|NO|BAD)\s+to\s+([A-Za-z]+)$/.exec(
      text,
    )
  if (!match) return 'write: session from HOST to HOST:PORT got 250 to RCPT'
  const [, from, to, port, code = '', verb = ''] = match
  return {
    kind: 'session',
    from: from ?? null,
    to: to ?? null,
    port: port === undefined ? null : Number(port),
    code,
    verb: verb.toUpperCase(),
  }
}

function readQueue(text: string): Check | string {
  const match = /^(\S+)\s+(maildrop|incoming|active|deferred|hold|corrupt)\s+has\s+(.+?)\s+messages?$/.exec(
    text,
  )
  const count = readCount(match?.[3] ?? '')
  if (!match || count === null) return 'write: queue HOST deferred has 1 message'
  return { kind: 'queue', host: match[1] ?? '', queue: match[2] as QueueName, count }
}

function readCount(text: string): Count | null {
  if (text === 'no') return { kind: 'exactly', number: 0 }
  const match = /^(at least )?(\d{1,6})$/.exec(text)
  return match ? { kind: match[1] === undefined ? 'exactly' : 'at least', number: Number(match[2]) } : null
}

const enough = ({ kind, number }: Count, found: number) =>
  kind === 'exactly' ? found === number : found >= number
const wantedEn = ({ kind, number }: Count) => `${kind === 'exactly' ? '' : 'at least '}${number}`
const wantedZh = ({ kind, number }: Count) => `${kind === 'exactly' ? '' : '至少 '}${number}`

function judgeMailbox(check: Check & { kind: 'mailbox' }, world: World): Judgement {
  const { user, mailbox, where, count } = check
  const files = [...world.mailboxes.values()]
    .filter((box) => box.user === user && box.mailbox === mailbox)
    .filter((box) => check.host === null || box.host === check.host)
    .flatMap((box) => [...box.files.values()])
  const fitting = files.filter(
    (file) =>
      where === null || headerOf(world, file, where.header).some((value) => matches(where.value, value)),
  )
  if (enough(count, fitting.length)) return done
  const [en, zh] =
    where === null
      ? ['', '']
      : [` with ${where.header}: ${where.value}`, `（${where.header}: ${where.value}）`]
  return notDone(
    `${user}'s ${mailbox} holds ${fitting.length} messages${en}; ${wantedEn(count)} wanted.`,
    `${user} 的 ${mailbox} 里有 ${fitting.length} 封邮件${zh}；需要 ${wantedZh(count)} 封。`,
  )
}

/** The values of a header field of the letter in a file, as cleanup saw it. RFC 5322 §2.2.3: folded lines are one. */
function headerOf(world: World, file: MailboxFileView, name: string): readonly string[] {
  const content = world.queueFiles.get(file.queueFile ?? '')?.content ?? ''
  const end = content.indexOf('\n\n')
  const header = (end === -1 ? content : content.slice(0, end)).replace(/\n[ \t]+/g, ' ')
  const prefix = `${name.toLowerCase()}:`
  return header
    .split('\n')
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => line.slice(prefix.length).trim())
}

function judgeSession(check: Check & { kind: 'session' }, world: World): Judgement {
  const sessions = [...world.sessions.values()].filter((session) => isMeant(check, session))
  const place = `${check.to ?? '*'}${check.port === null ? '' : `:${check.port}`}`
  if (sessions.length === 0) {
    return notDone(`Nobody has connected to ${place} yet.`, `还没有人连接到 ${place}。`)
  }
  const answered = sessions.flatMap((session) => answersTo(session, check.verb))
  if (answered.some((code) => codeMatches(check.code, code))) return done
  return answered.length === 0
    ? notDone(`${check.verb} has not been sent to ${place} yet.`, `还没有向 ${place} 发送过 ${check.verb}。`)
    : notDone(
        `${check.verb} was answered with ${answered.at(-1) ?? ''}; ${check.code} is wanted.`,
        `${check.verb} 得到的应答是 ${answered.at(-1) ?? ''}；需要的是 ${check.code}。`,
      )
}

const isMeant = (check: Check & { kind: 'session' }, session: SessionView) =>
  (check.from === null || [session.clientHost, session.client.address].includes(check.from)) &&
  (check.to === null || session.host === check.to) &&
  (check.port === null || session.port === check.port)

/** Reply codes to a verb. What follows a 354 is the answer to the message, and goes by the name DOT. */
function answersTo(session: SessionView, verb: string): readonly string[] {
  return session.exchanges
    .filter((turn) => verbOf(turn) === verb)
    .flatMap((turn) => turn.replies.map(({ reply }) => reply.code))
}

const verbOf = (turn: Exchange) => turn.command?.verb.toUpperCase() ?? (turn.data === null ? null : 'DOT')

const codeMatches = (wanted: string, code: string) =>
  wanted.endsWith('xx') ? wanted.charAt(0) === code.charAt(0) : wanted === code

function judgeQueue(check: Check & { kind: 'queue' }, world: World): Judgement {
  const { host, queue, count } = check
  let found = 0
  for (const [key, name] of world.queued) if (name === queue && key.startsWith(`${host}/`)) found += 1
  if (enough(count, found)) return done
  return notDone(
    `The ${queue} queue of ${host} holds ${found} messages; ${wantedEn(count)} wanted.`,
    `${host} 的 ${queue} 队列里有 ${found} 封邮件；需要 ${wantedZh(count)} 封。`,
  )
}

function judgeFact({ fact, wanted }: Check & { kind: 'expect' }, events: Iterable<TraceEvent>): Judgement {
  const text = writeFactPattern(fact)
  for (const event of events) {
    if (!factMatches(fact, event)) continue
    return wanted === 'some'
      ? done
      : notDone(`It did happen, as event ${event.seq}: ${text}`, `这件事发生了（事件 ${event.seq}）：${text}`)
  }
  return wanted === 'none' ? done : notDone(`It has not happened yet: ${text}`, `还没有发生：${text}`)
}
