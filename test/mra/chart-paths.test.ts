// Every way through the charts of POP3, IMAP, LMTP and ManageSieve is played against their servers, and every command out of place is refused.
import { describe, expect, test } from 'vitest'
import type { AnyStateMachine } from 'xstate'
import { createLmtpd } from '#mda/lmtpd/lmtpd.ts'
import { createImapd } from '#mra/imapd/imapd.ts'
import { createPop3d } from '#mra/pop3d/pop3d.ts'
import { createSieved } from '#mra/sieved/sieved.ts'
import { imapSession } from '#protocol/imap/session.machine.ts'
import { lmtpSession } from '#protocol/lmtp/session.machine.ts'
import { pop3Session } from '#protocol/pop3/session.machine.ts'
import { manageSieveSession } from '#protocol/sieve/managesieve.machine.ts'
import { isSession } from '#trace/events.ts'
import { changes, chartPaths } from '../protocol/chart-paths.ts'
import type { MailboxCase, MailboxStep } from '../truth/mailbox-case.ts'
import { playMailboxCase } from '../truth/mailbox-runner.ts'

type Said = string | MailboxStep

type Protocol = {
  readonly protocol: MailboxCase['protocol']
  readonly chart: AnyStateMachine
  readonly start: string
  readonly end: string
  /** States in which the server waits for nobody: what comes next comes by itself. */
  readonly instant: readonly string[]
  readonly words: Readonly<Record<string, Said>>
  /** What is said depends on where it is to lead. */
  readonly leading: (event: string, onward: readonly string[]) => readonly Said[] | null
  readonly refusal: RegExp
}

const proof = '{B64:\\0alice\\0wonderland}'
const lie = '{B64:\\0alice\\0looking-glass}'

/** SASL in a protocol's own clothes: no challenge where the proof comes at once, one for PLAIN, two for LOGIN. */
function sasl(
  onward: readonly string[],
  clothes: { begin: (mechanism: string, initial?: string) => Said; answer: (text: string) => Said },
): readonly Said[] {
  const challenges = onward.findIndex((event) => event !== 'challenge')
  const count = challenges < 0 ? onward.length : challenges
  const verdict = onward[count]
  const good = verdict === 'authenticated'
  const said: Said[] = []
  if (count === 0 && (good || verdict === 'not-authenticated'))
    said.push(clothes.begin('PLAIN', good ? proof : lie))
  else said.push(clothes.begin(count === 2 ? 'LOGIN' : 'PLAIN'))
  if (count === 2) said.push(clothes.answer('{B64:alice}'))
  if (count > 0 && verdict === 'not-authenticated') said.push(clothes.answer('*'))
  if (count > 0 && good) said.push(clothes.answer(count === 2 ? '{B64:wonderland}' : proof))
  return said
}

const pop3: Protocol = {
  protocol: 'pop3',
  chart: pop3Session,
  start: 'anonymous',
  end: 'closed',
  instant: ['proving', 'update'],
  refusal: /^-ERR /,
  words: {
    USER: 'USER alice',
    RETR: 'RETR 1',
    TOP: 'TOP 1 0',
    DELE: 'DELE 2',
    PASS: 'PASS wonderland',
    APOP: 'APOP alice {APOP:wonderland}',
    AUTH: 'AUTH PLAIN',
  },
  leading: (event, onward) => {
    const good = onward[0] === 'authenticated'
    if (event === 'PASS') return [`PASS ${good ? 'wonderland' : 'looking-glass'}`]
    if (event === 'APOP') return [`APOP alice {APOP:${good ? 'wonderland' : 'looking-glass'}}`]
    if (event === 'STLS') return ['STLS', ...(onward[0] === 'tls-established' ? [{ starttls: true }] : [])]
    if (event !== 'AUTH') return null
    return sasl(onward, { begin: (...words) => ['AUTH', ...words].join(' '), answer: (text) => text })
  },
}

const imap: Protocol = {
  protocol: 'imap',
  chart: imapSession,
  start: 'anonymous',
  end: 'logout',
  instant: ['proving', 'opening'],
  refusal: /^t BAD /,
  words: Object.fromEntries(
    Object.entries({
      LOGIN: 'alice wonderland',
      ID: 'NIL',
      ENABLE: 'CONDSTORE',
      AUTHENTICATE: 'PLAIN',
      SELECT: 'INBOX',
      EXAMINE: 'INBOX',
      CREATE: 'tea',
      DELETE: 'coffee',
      RENAME: 'coffee cup',
      SUBSCRIBE: 'INBOX',
      UNSUBSCRIBE: 'INBOX',
      LIST: '"" *',
      LSUB: '"" *',
      XLIST: '"" *',
      STATUS: 'INBOX (MESSAGES)',
      APPEND: 'INBOX {5+}\r\nhello',
      NOTIFY: 'NONE',
      CANCELUPDATE: '"x"',
      GETQUOTA: '""',
      GETQUOTAROOT: 'INBOX',
      SETQUOTA: '"" ()',
      SEARCH: 'ALL',
      SORT: '(DATE) UTF-8 ALL',
      THREAD: 'REFERENCES UTF-8 ALL',
      FETCH: '1 FLAGS',
      STORE: '1 +FLAGS (\\Seen)',
      COPY: '1 INBOX',
      MOVE: '9 INBOX',
    }).map(([verb, words]) => [verb, `t ${verb} ${words}`]),
  ),
  leading: (event, onward) => {
    if (event === 'LOGIN')
      return [`t LOGIN alice ${onward[0] === 'authenticated' ? 'wonderland' : 'looking-glass'}`]
    if (event === 'SELECT' || event === 'EXAMINE')
      return [`t ${event} ${onward[0] === 'selected' ? 'INBOX' : 'coffee'}`]
    if (event === 'STARTTLS')
      return ['t STARTTLS', ...(onward[0] === 'tls-established' ? [{ starttls: true }] : [])]
    if (event === 'done') return [{ send: 'DONE', continues: true }]
    if (event !== 'AUTHENTICATE') return null
    return sasl(onward, {
      begin: (...words) => ['t AUTHENTICATE', ...words].join(' '),
      answer: (text) => ({ send: text, continues: true }),
    })
  },
}

const lmtp: Protocol = {
  protocol: 'lmtp',
  chart: lmtpSession,
  start: 'connected',
  end: 'closed',
  instant: ['chunk'],
  refusal: /^5\d\d /,
  words: {
    LHLO: 'LHLO client',
    MAIL: 'MAIL FROM:<a@example.org>',
    RCPT: 'RCPT TO:<alice>',
    VRFY: 'VRFY alice',
    XCLIENT: 'XCLIENT ADDR=127.0.0.9',
    BDAT: 'BDAT 0',
  },
  leading: (event, onward) => {
    if (event === 'BDAT') return [`BDAT 7${onward[0] === 'end-of-data' ? ' LAST' : ''}\r\nhello`]
    // Refused for its words: where chunks may come, nothing else is wrong with it.
    if (event === 'chunk-refused') return ['BDAT seven']
    if (event === 'DATA')
      return ['DATA', ...(onward[0] === 'end-of-data' ? [{ data: 'Subject: x\n\nhello\n' }] : [])]
    if (event === 'STARTTLS')
      return ['STARTTLS', ...(onward[0] === 'tls-established' ? [{ starttls: true }] : [])]
    return null
  },
}

const sieve: Protocol = {
  protocol: 'managesieve',
  chart: manageSieveSession,
  start: 'anonymous',
  end: 'closed',
  instant: [],
  refusal: /^NO /,
  words: {
    AUTHENTICATE: 'AUTHENTICATE "PLAIN"',
    HAVESPACE: 'HAVESPACE "a" 10',
    PUTSCRIPT: 'PUTSCRIPT "a" {5+}\r\nkeep;',
    SETACTIVE: 'SETACTIVE ""',
    GETSCRIPT: 'GETSCRIPT "a"',
    DELETESCRIPT: 'DELETESCRIPT "b"',
    RENAMESCRIPT: 'RENAMESCRIPT "b" "c"',
    CHECKSCRIPT: 'CHECKSCRIPT {5+}\r\nkeep;',
  },
  leading: (event, onward) => {
    if (event === 'STARTTLS')
      return ['STARTTLS', ...(onward[0] === 'tls-established' ? [{ starttls: true }] : [])]
    if (event !== 'AUTHENTICATE') return null
    return sasl(onward, {
      begin: (mechanism, initial) => ({
        send: `AUTHENTICATE "${mechanism}"${initial === undefined ? '' : ` "${initial}"`}`,
        challenge: true,
      }),
      answer: (text) => ({ send: `"${text}"`, challenge: true }),
    })
  },
}

const follows: ReadonlySet<string> = new Set(
  'challenge authenticated not-authenticated tls-established selected not-selected updated chunk end-of-data'.split(
    ' ',
  ),
)

const wordsFor = ({ words, protocol }: Protocol, event: string): Said =>
  words[event] ?? (protocol === 'imap' ? `t ${event}` : event)

function saidOn(way: Protocol, events: readonly string[]): readonly Said[] {
  return events.flatMap((event, i) => {
    if (follows.has(event)) return []
    if (event === 'hang-up') return [{ close: '' }]
    return way.leading(event, events.slice(i + 1)) ?? [wordsFor(way, event)]
  })
}

/** One after another, on connections of their own. What was answered last on each, and how its session went. */
async function playAll({ protocol }: Protocol, talks: readonly (readonly Said[])[]) {
  const dialogue = talks.flatMap((said, i): readonly MailboxStep[] => {
    const on = `c${i}`
    const steps = said.map((step) => (typeof step === 'string' ? { send: step, on } : { ...step, on }))
    return [
      { connect: on },
      ...steps,
      ...(steps.some(({ close }) => close === '') ? [] : [{ on, close: '' }]),
    ]
  })
  const recorded: MailboxCase = {
    id: 'paths',
    about: '',
    protocol,
    store: 'maildir',
    settings: [
      'disable_plaintext_auth = no',
      'auth_mechanisms = plain login apop',
      'pop3_enable_last = yes',
      'mail_max_userip_connections = 1000',
    ],
    accounts: { alice: 'wonderland' },
    mailbox: { INBOX: [1, 2].map((i) => ({ eml: `Subject: ${i}\n\nHello.\n` })) },
    dialogue,
    replies: [],
    outcome: {},
  }
  const { facts, replies } = await playMailboxCase(recorded, ({ machine, sasl, stores, settings }) => {
    const pop3d = createPop3d({ machine, sasl, stores, settings: settings('pop3') })
    const imapd = createImapd({ machine, sasl, stores, settings: settings('imap') })
    const lmtpd = createLmtpd({ machine, stores, settings: settings('lmtp') })
    const sieved = createSieved({
      machine,
      sasl,
      settings: settings('sieve'),
      home: async () => '/home/alice',
    })
    return {
      pop3: (connection, tls) => pop3d.accept(connection, { tls }),
      imap: (connection, tls) => imapd.accept(connection, { tls }),
      lmtp: (connection) => lmtpd.accept(connection),
      sieve: (connection) => sieved.accept(connection),
    }
  })
  expect(facts.filter(({ type }) => type === 'engine.fault')).toEqual([])
  const states = new Map<string, string[]>()
  for (const fact of facts) {
    if (isSession(fact, 'opened')) states.set(fact.session, [])
    if (isSession(fact, 'state')) states.get(fact.session)?.push(fact.to)
  }
  const went = [...states.values()]
  return talks.map((_, i) => {
    const last = dialogue.findLastIndex(({ on, close }) => on === `c${i}` && close === undefined)
    return { states: went[i] ?? [], answer: replies[last]?.at(-1) ?? '' }
  })
}

for (const way of [pop3, imap, lmtp, sieve]) {
  describe(way.protocol, () => {
    const paths = chartPaths(way.chart).filter(({ events, states }) => {
      const [last, before] = [states.at(-1), states.at(-2)]
      return (
        !way.instant.includes(last ?? '') &&
        !(events.at(-1) === 'hang-up' && way.instant.includes(before ?? ''))
      )
    })

    test('every way through the chart is the way of the session', { timeout: 20_000 }, async () => {
      const played = await playAll(
        way,
        paths.map(({ events }) => saidOn(way, events)),
      )
      for (const [i, { events, states }] of paths.entries()) {
        const told = { events, states: played[i]?.states }
        expect(told).toEqual({ events, states: changes(way.start, states, way.end) })
      }
    })

    test('what the chart does not take is refused, and leads nowhere', { timeout: 20_000 }, async () => {
      const isVerb = (event: string) => /^[A-Z]+$/.test(event)
      const waits = ['sasl', 'tls', 'idle', 'idling', 'data', way.end]
      const early = paths
        .filter(({ states }) => !waits.includes(states.at(-1) ?? way.start))
        .flatMap((path) => path.forbidden.filter(isVerb).map((verb) => ({ ...path, verb })))
      const played = await playAll(
        way,
        early.map(({ events, verb }) => [...saidOn(way, events), wordsFor(way, verb)]),
      )
      for (const [i, { events, states, verb }] of early.entries()) {
        const { answer = '', states: told } = played[i] ?? {}
        expect([events, verb, answer]).toEqual([events, verb, expect.stringMatching(way.refusal)])
        // The bytes of a refused chunk came all the same: what follows it is worth nothing.
        if (verb !== 'BDAT')
          expect([events, verb, told]).toEqual([events, verb, changes(way.start, states, way.end)])
      }
    })
  })
}
