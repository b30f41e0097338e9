/** Why a server answered so: the item that decided, the state it was in, the line it could not read, the login that failed. */
import { ofDovecot } from './dovecot-cause.ts'
import { expectedVerbs } from './expected.ts'
import { formOf } from './form.ts'
import type { Cause, RowFact } from '../cause.ts'
import type { Lookup, TracedReply } from '../events.ts'
import { replyClassOf } from '../reply-class.ts'
import { decisiveStep, type Step, type Trail } from '../trail.ts'
import type { Exchange, SessionView } from '../world.ts'

export type Given = {
  readonly reply: TracedReply
  readonly session: SessionView
  readonly exchange: Exchange
  readonly trail: Trail
}

export function causeOfReply(given: Given): Cause | null {
  const { reply, exchange, trail } = given
  const refused = ['4xx', '5xx'].includes(replyClassOf(reply) ?? '')
  const own = stated(reply)
  if (!refused) return own ?? (trail.length === 0 ? null : acceptance(trail))
  return (
    ofContent(exchange) ??
    refusal(given) ??
    own ??
    ofDovecot(reply, exchange) ??
    ofLogin(exchange, reply) ??
    ofProtocol(given) ??
    ofMailbox(given)
  )
}

/** The server itself said which setting it was. */
function stated({ because }: TracedReply): Cause | null {
  return because === undefined ? null : { kind: 'setting', name: because.setting, value: because.value }
}

function acceptance(trail: Trail): Cause {
  const decided = decisiveStep(trail)
  if (decided === null) return { kind: 'no-objection', lists: trail.map(({ list }) => list) }
  const row = decidingRow(decided.step)
  if (row !== null) return { kind: 'row', item: decided.step.name, ...row }
  return { kind: 'permitting-item', list: decided.list, item: itemText(decided.step) }
}

function refusal({ reply, session, exchange, trail }: Given): Cause | null {
  const decided = decisiveStep(trail)
  if (decided === null || decided.step.verdict === 'permit') return null
  const { list, step } = decided
  const name = step.name.toLowerCase()
  const silent = step.lookups.find(({ outcome }) => outcome === 'unavailable')
  if (silent !== undefined) return { kind: 'table-unavailable', table: silent.table, key: silent.key }
  if (/^(?:reject|defer)_unauth_destination$|^check_relay_domains$/.test(name)) {
    const recipient = addressIn(exchange)
    return { kind: 'relay', recipient, client: session.client.address, user: session.user }
  }
  if (/^reject_unlisted_/.test(name)) {
    const tables = [...new Set(step.lookups.map(({ table }) => table))]
    const maps = (step.reply ?? reply).because?.setting ?? null
    return { kind: 'unlisted', address: addressIn(exchange), maps, tables }
  }
  if (name === 'message_size_limit') return { kind: 'too-big', list }
  const row = decidingRow(step)
  if (row !== null) return { kind: 'row', item: step.name, ...row }
  return { kind: 'refusing-item', list, item: itemText(step) }
}

function ofContent({ lookups }: Exchange): Cause | null {
  const found = lookups.findLast(({ outcome }) => outcome === 'found')
  return found === undefined ? null : { kind: 'content', checks: found.table, ...rowOf(found) }
}

function ofLogin({ auth }: Exchange, { status }: TracedReply): Cause | null {
  if (auth === null) return null
  const { mechanism, user, outcome, reason } = auth
  const why = reason ?? status ?? ''
  switch (outcome) {
    case 'failed':
      return { kind: 'login-failed', mechanism, user, reason: why }
    case 'unavailable':
      return { kind: 'login-unavailable', mechanism, user, reason: why }
    case 'cancelled':
      return { kind: 'login-cancelled', mechanism, user, reason: why }
    case 'ok':
      return null
  }
}

function ofProtocol({ reply, session, exchange }: Given): Cause | null {
  const text = reply.lines[0] ?? ''
  const { code } = reply
  const { command } = exchange
  if (session.daemon === 'peer') return { kind: 'scripted' }
  if (/^4\.3\.5$/.test(reply.status ?? '')) return { kind: 'misconfigured' }
  if (text === 'Alias expansion error') return { kind: 'expansion' }
  if (text === 'Error: bad syntax') return { kind: 'no-command' }
  if (/^Error: SMTP protocol synchronization/.test(text)) return { kind: 'spoke-early' }
  if (/Error: No client certificate presented/.test(text))
    return { kind: 'setting', name: 'smtpd_tls_req_ccert', value: 'yes' }
  if (/local data error|due to local problem|Unable to queue messages|queue file write error/.test(text))
    return { kind: 'own-trouble' }
  if (command === null) return null
  if (/^Discarded \d+ bytes after/.test(text)) return { kind: 'after-refused-chunk' }
  if (command.line.trim() === '') return { kind: 'no-command' }
  const state = stateBefore(session, exchange)
  const mayCome = expectedVerbs(session.daemon, state)
  const known = formOf(session.daemon, command.verb) !== null
  if (/command not recogni[sz]ed|unknown command|command received by server/i.test(text) && !known)
    return { kind: 'unknown-command', word: wordOf(command.line, session.daemon) }
  const isOrder = code === '503' || /no valid recipients/.test(text) || /^(?:-ERR|BAD)$/.test(code)
  if (isOrder && mayCome !== null && !mayCome.includes(command.verb))
    return { kind: 'order', verb: command.verb, state: state ?? '', expected: mayCome }
  if (code === '503' && mayCome !== null) {
    const expected = mayCome.filter((verb) => verb !== command.verb)
    return { kind: 'order', verb: command.verb, state: state ?? '', expected }
  }
  const form = /^50[01]$|^5[25]1$|^555$|^BAD$|^-ERR$/.test(code) ? formOf(session.daemon, command.verb) : null
  return form === null || !isAboutForm(reply) ? null : { kind: 'syntax', verb: command.verb, form }
}

/** An IMAP command stands behind its tag. */
const wordOf = (line: string, daemon: SessionView['daemon']): string =>
  line.split(/[ \t]/, 2)[daemon === 'imapd' ? 1 : 0] ?? ''

const isAboutForm = ({ code, lines }: TracedReply): boolean =>
  code !== '-ERR' || /syntax|invalid|argument|noise|numeric/i.test(lines[0] ?? '')

function ofMailbox({ reply, exchange }: Given): Cause | null {
  const { status } = reply
  if (status === null) return null
  const address = addressIn(exchange)
  if (/^[45]\.2\.2$/.test(status)) return { kind: 'quota', address }
  if (/^5\.1\.1$/.test(status) && address !== '') return { kind: 'no-mailbox', address }
  return null
}

/** Where the chart stood when the command came. */
function stateBefore({ exchanges, daemon }: SessionView, exchange: Exchange): string | null {
  const place = exchanges.indexOf(exchange)
  const before = exchanges.slice(0, place).findLast(({ state }) => state !== null)
  return before?.state?.to ?? (daemon === 'pop3d' || daemon === 'imapd' ? 'anonymous' : 'connected')
}

/** The table row that made an item decide: the last that was found. */
function decidingRow({ name, lookups }: Step): RowFact | null {
  if (!/^check_/i.test(name)) return null
  const found = lookups.findLast(({ outcome }) => outcome === 'found')
  return found === undefined ? null : rowOf(found)
}

const rowOf = ({ table, key, value = '', file, line }: Lookup): RowFact => ({
  table,
  key,
  value,
  file: file ?? null,
  line: line ?? null,
})

const itemText = ({ name, argument }: Step): string => (argument === null ? name : `${name} ${argument}`)

/** The address of MAIL, RCPT or VRFY as it was typed. */
function addressIn({ command }: Exchange): string {
  const line = command?.line ?? ''
  return /<([^>]*)>/.exec(line)?.[1] ?? /(?::|\s)\s*(\S+)/.exec(line)?.[1] ?? ''
}
