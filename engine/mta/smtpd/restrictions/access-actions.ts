/**
 * The right-hand side of an access table: OK, REJECT, DEFER, 4NN and 5NN, HOLD, DISCARD, PREPEND and the others; or a list
 * of restrictions. Policy servers answer with the same words.
 *
 * access(5), "ACTIONS".
 */
import type { Settings } from '#config/settings.ts'
import { splitOutsideBraces } from '#tables/inline-rules.ts'
import { firstWord } from '#tables/source.ts'
import { splitStatus } from '#mta/rewrite/known-recipient.ts'
import { fixStatus } from './status.ts'
import {
  dunno,
  misconfigured,
  permit,
  postpone,
  refuse,
  refused,
  type Call,
  type Outcome,
} from './restriction.ts'
import { named } from '#protocol/named.ts'

export type ActionInput = {
  readonly call: Call
  readonly settings: Settings
  /** For warnings: the table, and the row's key. */
  readonly table: string
  readonly key: string
  readonly replyName: string
  readonly where: string
}

/** What a value means. Values begin with an action, in upper or lower case. */
export function readAction(value: string, input: ActionInput): Outcome {
  if (value.trim() === '') return nothingSaid(input)
  const { word, rest } = firstWord(value.trim())
  const action = actions[word.toUpperCase()]
  if (action) return action(rest, input)
  if (/^[45]\d\d$/.test(word) && rest !== '') {
    return refusal(Number(word), word.startsWith('4') ? '4.7.1' : '5.7.1', rest, input)
  }
  // A number alone is what address lists of POP-before-SMTP contain: yes.
  if (/^\d+$/.test(word) && rest === '') return permit
  return readList(value, input)
}

function nothingSaid({ call, table, key, replyName }: ActionInput): Outcome {
  call.warn(`${table} lookup of ${key} returns an empty string result`)
  call.warn(`${table} should return NO RESULT in case of NOT FOUND`)
  return {
    kind: 'refuse',
    code: 451,
    status: '4.3.5',
    text: refused(replyName, call.replyClass, 'Server configuration error'),
    trouble: 'software',
  }
}

type Action = (text: string, input: ActionInput) => Outcome

const actions: Readonly<Record<string, Action>> = named({
  OK: () => permit,
  DUNNO: () => dunno,
  REJECT: (text, input) => refusal(input.settings.number('access_map_reject_code'), '5.7.1', text, input),
  DEFER: (text, input) => refusal(input.settings.number('access_map_defer_code'), '4.7.1', text, input),
  DEFER_IF_PERMIT: (text, input) => later('permit', text, input),
  DEFER_IF_REJECT: (text, input) => later('reject', text, input),
  WARN: (text) => ({ kind: 'note', what: 'warn', text }),
  INFO: (text) => ({ kind: 'note', what: 'info', text }),
  HOLD: (text, input) => act({ kind: 'hold', reason: text }, 'hold', text || 'triggers HOLD action', input),
  DISCARD: (text, input) =>
    act({ kind: 'discard', reason: text }, 'discard', text || 'triggers DISCARD action', input),

  FILTER(text, input) {
    if (text === '') return complain(input, 'has FILTER entry without value')
    if (!text.includes(':')) return complain(input, 'requires transport:destination')
    return act({ kind: 'filter', transport: text }, 'filter', `triggers FILTER ${text}`, input)
  },
  REDIRECT(text, input) {
    if (!text.includes('@')) return complain(input, 'requires user@domain target')
    return act({ kind: 'redirect', to: text }, 'redirect', `triggers REDIRECT ${text}`, input)
  },
  BCC(text, input) {
    if (!text.includes('@')) return complain(input, 'requires user@domain target')
    return act({ kind: 'bcc', to: text }, 'bcc', `triggers BCC ${text}`, input)
  },
  PREPEND(text, input) {
    if (!/^[!-9;-~]+[ \t]*:/.test(text)) return complain(input, 'requires header: text')
    if (input.where === 'END-OF-MESSAGE') {
      input.call.warn(`access table ${input.table}: action PREPEND must be used before END-OF-MESSAGE`)
      return dunno
    }
    return { kind: 'act', action: { kind: 'prepend', header: text }, log: null }
  },
})

function refusal(code: number, status: string, text: string, input: ActionInput): Outcome {
  const split = splitStatus(text, status)
  const { call, replyName } = input
  const reason = refused(replyName, call.replyClass, split.text || 'Access denied')
  return refuse(code, fixStatus(split.status, call), reason)
}

function later(when: 'permit' | 'reject', text: string, { call, replyName }: ActionInput): Outcome {
  const split = splitStatus(text, '4.7.1')
  const reason = refused(replyName, call.replyClass, split.text || 'Service unavailable')
  return postpone(when, { code: 450, status: fixStatus(split.status, call), text: reason })
}

function act(
  action: (Outcome & { kind: 'act' })['action'],
  what: string,
  text: string,
  { call, replyName }: ActionInput,
): Outcome {
  return { kind: 'act', action, log: { what, text: `<${replyName}>: ${call.replyClass} ${text}` } }
}

function complain({ call, table, key }: ActionInput, problem: string): Outcome {
  call.warn(`access table ${table} entry "${key}" ${problem}`)
  return dunno
}

/** Names of restrictions and classes. Tables cannot be named: their owner need not be the operator of the server. */
function readList(value: string, { table, call, replyName }: ActionInput): Outcome {
  if (value.includes(':')) {
    return misconfigured(
      `access table ${table} has entry with lookup table: ${value}`,
      'do not specify lookup tables inside SMTPD access maps',
      'define a restriction class and specify its name instead.',
    )
  }
  return { kind: 'list', items: splitOutsideBraces(value), replyName, replyClass: call.replyClass }
}
