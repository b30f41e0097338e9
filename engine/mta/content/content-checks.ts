/**
 * header_checks and body_checks: a table looks at each header field and body line, and its answer is done.
 *
 * header_checks(5). Replies and log lines are Postfix's own.
 */
import { headerNameLength } from '#protocol/message/header.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { Trouble } from '#protocol/smtp/transcript.ts'
import type { LookupResult, Table } from '#tables/table.ts'
import { fromBytes, toBytes } from './text.ts'

export type CheckClass = 'header_checks' | 'mime_header_checks' | 'nested_header_checks' | 'body_checks'

export type Checks = Readonly<Record<CheckClass, readonly Table[]>>

/** What checks decided about the whole message. Changed while the message is read. */
export type Decisions = {
  refused: { readonly reply: Reply; readonly trouble: Trouble } | null
  discard: boolean
  hold: boolean
  filter: string | null
  redirect: string | null
  bcc: string[]
  /** No more checks: REJECT, DISCARD, REDIRECT and PASS end them. */
  finished: boolean
}

export const noDecisions = (): Decisions => ({
  refused: null,
  discard: false,
  hold: false,
  filter: null,
  redirect: null,
  bcc: [],
  finished: false,
})

type Found = Extract<LookupResult, { readonly outcome: 'found' }>

/** What becomes of the field or line: its texts, none when it is dropped. */
export type Checked = { readonly before: readonly string[]; readonly text: string | null }

export type CheckLog = {
  /** `reject: header Subject: … from …`, with the envelope added by the one who logs. */
  act(action: string, context: string, content: string, text: string): void
  /** The row that a field or line met: for who asks why. */
  met?(checkClass: CheckClass, table: string, content: string, row: Found): void
  /** `reject: mime-error …`. */
  mimeError(error: string, content: string): void
  warn(text: string): void
}

export async function check(
  text: string,
  checkClass: CheckClass,
  tables: readonly Table[],
  decisions: Decisions,
  log: CheckLog,
): Promise<Checked> {
  const unchanged: Checked = { before: [], text }
  if (decisions.finished) return unchanged
  for (const table of tables) {
    const result = await table.lookup(fromBytes(text))
    if (result.outcome === 'absent') continue
    if (result.outcome === 'unavailable') {
      log.warn(`${table.name} map lookup problem -- message not accepted, try again later`)
      decisions.refused ??= {
        reply: reply(451, '4.3.0', 'Error: queue file write error'),
        trouble: 'resource',
      }
      decisions.finished = true
      return unchanged
    }
    log.met?.(checkClass, table.name, text, result)
    return act(result.value, text, checkClass, decisions, log)
  }
  return unchanged
}

function act(
  value: string,
  text: string,
  checkClass: CheckClass,
  decisions: Decisions,
  log: CheckLog,
): Checked {
  const [, word = '', argument = ''] = /^(\S*)\s*(.*)$/s.exec(value) ?? []
  const context = checkClass === 'body_checks' ? 'body' : 'header'
  const unchanged: Checked = { before: [], text }
  const acted = (action: string, why = argument): Checked => {
    log.act(action, context, text, why)
    return unchanged
  }

  switch (word.toUpperCase()) {
    case 'REJECT': {
      const refusal = refusalOf(argument, log)
      decisions.refused = { reply: refusal, trouble: 'policy' }
      decisions.finished = true
      return acted('reject', `${refusal.status ?? ''} ${refusal.lines[0] ?? ''}`)
    }
    case 'WARN':
      return acted('warning')
    case 'INFO':
      return acted('info')
    case 'PASS':
      decisions.finished = true
      return acted('pass')
    case 'DISCARD':
      decisions.discard = true
      decisions.finished = true
      return acted('discard')
    case 'HOLD':
      if (decisions.hold || decisions.discard) return unchanged
      decisions.hold = true
      return acted('hold')
    case 'FILTER':
      if (argument === '') log.warn(`missing FILTER command argument in ${checkClass} map`)
      else if (!argument.includes(':')) {
        log.warn(`bad FILTER command ${argument} in ${checkClass} -- need transport:destination`)
      } else {
        decisions.filter = argument
        return acted('filter')
      }
      return unchanged
    case 'REDIRECT':
      if (!argument.includes('@')) {
        log.warn(`bad REDIRECT target "${argument}" in ${checkClass} map -- need user@domain`)
        return unchanged
      }
      decisions.redirect = argument
      decisions.finished = true
      return acted('redirect')
    case 'BCC':
      if (!argument.includes('@')) {
        log.warn(`bad BCC address "${argument}" in ${checkClass} map -- need user@domain`)
        return unchanged
      }
      decisions.bcc.push(argument)
      return acted('bcc')
    case 'PREPEND':
      if (argument === '') log.warn(`PREPEND action without text in ${checkClass} map`)
      else if (context === 'header' && headerNameLength(argument) === 0) {
        log.warn(
          `bad PREPEND header text "${argument}" in ${checkClass} map -- need "headername: headervalue"`,
        )
      } else {
        acted('prepend')
        return { before: [toBytes(argument)], text }
      }
      return unchanged
    case 'REPLACE':
      if (argument === '') log.warn(`REPLACE action without text in ${checkClass} map`)
      else if (context === 'header' && headerNameLength(argument) === 0) {
        log.warn(
          `bad REPLACE header text "${argument}" in ${checkClass} map -- need "headername: headervalue"`,
        )
      } else {
        acted('replace')
        return { before: [], text: toBytes(argument) }
      }
      return unchanged
    case 'STRIP':
      acted('strip')
      return { before: [], text: null }
    case 'IGNORE':
      return { before: [], text: null }
    case 'DUNNO':
    case 'OK':
      return unchanged
    default:
      log.warn(`unknown command in ${checkClass} map: ${value}`)
      return unchanged
  }
}

/** `REJECT 4.7.1 later` refuses for now, `REJECT 5.7.1 no` and `REJECT no` for good. */
function refusalOf(argument: string, log: CheckLog): Reply {
  if (argument === '') return reply(550, '5.7.1', 'message content rejected')
  const [, status, rest] = /^([245]\.\d{1,3}\.\d{1,3})(?:\s+(.*))?$/s.exec(argument) ?? []
  if (status === undefined) return reply(550, '5.7.1', argument)
  if (status.startsWith('2')) log.warn(`bad DSN action in ${argument} -- need 4.x.x or 5.x.x`)
  return status.startsWith('5')
    ? reply(550, status, rest ?? '')
    : reply(451, `4${status.slice(1)}`, rest ?? '')
}
