/**
 * Mail filters beside smtpd. No host of this house runs one, so each that main.cf names is away, and what
 * milter_default_action says of such a filter happens to the mail.
 *
 * MILTER_README; postconf(5): smtpd_milters, smtpd_milter_maps, milter_default_action.
 */
import { SettingError, type Settings } from '#config/settings.ts'
import type { Machine } from '#engine/machine.ts'
import type { MessageAction } from '#mta/handover.ts'
import type { Postfix } from '#mta/postfix.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import { reply, type Reply } from '#protocol/smtp/reply.ts'
import { insideBraces, splitOutsideBraces } from '#tables/inline-rules.ts'
import { namaddr, type Client } from './client.ts'
import type { Conversation } from './conversation.ts'
import type { Answer, Policy, Question } from './policy.ts'

export type MissingMilters = {
  /** What MAIL and some others hear; a 5xx is for the greeting, too. Null when mail passes all the same. */
  readonly refusal: Reply | null
  readonly holds: boolean
  readonly warnings: readonly string[]
}

/** A mistake that smtpd finds when the client is already there: the connection ends with it. */
export class LateSettingError extends SettingError {}

type Milter = { readonly endpoint: string; readonly action: string; readonly protocol: string }

/** Null when no filter is asked for this client. */
export async function missingMilters(
  postfix: Postfix,
  settings: Settings,
  client: Client,
): Promise<MissingMilters | null> {
  const names = await milterNames(postfix, settings, client)
  if (names.length === 0) return null
  const warnings: string[] = []
  let holds = false
  for (const milter of names.map((name) => readMilter(name, settings))) {
    const told = verdictOf(milter)
    warnings.push(...told.warnings)
    if (told.refusal) return { refusal: told.refusal, holds, warnings }
    holds ||= told.holds
  }
  return { refusal: null, holds, warnings }
}

async function milterNames(
  { tables }: Postfix,
  settings: Settings,
  client: Client,
): Promise<readonly string[]> {
  for (const name of settings.list('smtpd_milter_maps')) {
    const found = await tables.open(name).lookup(client.address)
    if (found.outcome !== 'found') continue
    return found.value.toUpperCase() === 'DISABLE' ? [] : splitOutsideBraces(found.value)
  }
  return settings.list('smtpd_milters')
}

const options = new Set([
  'connect_timeout',
  'command_timeout',
  'content_timeout',
  'default_action',
  'protocol',
])

/** `inet:host:port`, or `{ inet:host:port, default_action=accept }`. */
function readMilter(text: string, settings: Settings): Milter {
  const [endpoint = '', ...given] = splitOutsideBraces(insideBraces(text) ?? text)
  const own = new Map<string, string>()
  for (const option of given) {
    const [, name = '', value = ''] = /^(\w+)\s*=\s*(.*)$/s.exec(insideBraces(option) ?? option) ?? []
    if (!options.has(name)) throw new LateSettingError(`unknown option: "${name} = ${value}"`)
    own.set(name, value)
  }
  return {
    endpoint,
    action: (own.get('default_action') ?? settings.text('milter_default_action')).toLowerCase(),
    protocol: own.get('protocol') ?? settings.text('milter_protocol'),
  }
}

const later = reply(451, '4.7.1', 'Service unavailable - try again later')
const mistaken = reply(451, '4.3.5', 'Server configuration problem - try again later')

function verdictOf({ endpoint, action, protocol }: Milter): MissingMilters {
  const [, transport, address = ''] = /^(inet|unix|local):(.+)$/s.exec(endpoint) ?? []
  if (transport === undefined) {
    const warning = `Milter service needs transport:endpoint instead of "${endpoint}"`
    return { refusal: mistaken, holds: false, warnings: [warning] }
  }
  if (!/^[2346]\b/.test(protocol)) return { refusal: mistaken, holds: false, warnings: [] }
  const why = transport === 'inet' ? 'Connection refused' : 'No such file or directory'
  const named = transport === 'inet' ? endpoint : `unix:${address}`
  const warnings = [`connect to Milter service ${named}: ${why}`]
  switch (action) {
    case 'accept':
      return { refusal: null, holds: false, warnings }
    case 'quarantine':
      return { refusal: null, holds: true, warnings }
    case 'tempfail':
      return { refusal: later, holds: false, warnings }
    case 'reject':
      return { refusal: reply(550, '5.5.0', 'Service unavailable'), holds: false, warnings }
    default:
      return { refusal: mistaken, holds: false, warnings }
  }
}

/** The policy of a session whose filters are away. */
export function withMilters(policy: Policy, milters: MissingMilters, machine: Machine): Policy {
  const { refusal, holds } = milters
  return {
    async ask(question, now, where): Promise<Answer> {
      if (refusal && (question.stage === 'vrfy' || question.stage === 'etrn')) return { refusal, actions: [] }
      const answer = await policy.ask(question, now, where)
      if (answer.refusal || (question.stage !== 'helo' && question.stage !== 'sender')) return answer
      logMilters(milters, machine, now, where, question)
      // HELO hears nothing: the filter's answer stays, and meets MAIL. As in Sendmail.
      if (question.stage === 'helo') return answer
      const held: readonly MessageAction[] = holds ? [{ kind: 'hold', reason: '' }] : []
      return { ...answer, refusal, actions: [...answer.actions, ...held] }
    },
    branch() {
      const inner = policy.branch?.() ?? (() => policy)
      return (change) => withMilters(inner(change), milters, machine)
    },
  }
}

/** What the log says of the filters' answer to a command, or to the connection. */
export function logMilters(
  { refusal, holds }: MissingMilters,
  machine: Machine,
  { client, helo, protocol, transaction }: Pick<Conversation, 'client' | 'helo' | 'protocol' | 'transaction'>,
  where: string,
  question: Question,
): void {
  if (!refusal && !holds) return
  const words = refusal
    ? `milter-reject: ${where} from ${namaddr(client)}: ${refusal.code} ${refusal.status ?? ''} ${refusal.lines.join(' ')}`
    : `milter-hold: ${where} from ${namaddr(client)}: milter triggers HOLD action`
  const said = question.stage === 'helo' ? question.name : helo
  const about = [
    ...(question.stage === 'sender' ? [`from=<${quoteAddress(question.sender)}>`] : []),
    `proto=${protocol}`,
    ...(said === null ? [] : [`helo=<${said}>`]),
  ]
  const text = `${transaction?.queueId ?? 'NOQUEUE'}: ${words}; ${about.join(' ')}`
  machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'info', text })
}
