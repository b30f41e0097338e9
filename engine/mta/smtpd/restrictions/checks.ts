/**
 * Which lists are asked at which command. With smtpd_delay_reject, as by default, client, HELO and sender are judged at
 * RCPT: the log then names sender and recipient of what was refused, and a client that cannot bear an early refusal is spared.
 *
 * SMTPD_ACCESS_README, "Getting selective with SMTP access restriction lists".
 */
import type { Reply } from '#protocol/smtp/reply.ts'
import type { Trouble } from '#protocol/smtp/transcript.ts'
import type { MessageAction } from '#mta/handover.ts'
import { Evaluation, type ListEnd, type ListInput } from './evaluate.ts'
import type { Facts } from './facts.ts'
import type { LogLine } from './log-line.ts'
import { unlisted } from './reject_unlisted.ts'
import { dunno, refuse, type Refusal, type ReplyClass, type Stage } from './restriction.ts'

/** What one command leaves for the next of the session: deferrals that hold if the mail would be permitted. */
export type Carry = {
  readonly client: Refusal | null
  readonly helo: Refusal | null
  readonly sender: Refusal | null
}

export const nothingCarried: Carry = { client: null, helo: null, sender: null }

export type Decision = {
  readonly verdict: 'permit' | 'dunno' | 'reject' | 'defer' | 'discard'
  /** What the client hears; null when the command may go on. */
  readonly reply: Reply | null
  /** Of which kind the refusal is: notify_classes. */
  readonly trouble?: Trouble
  /** What is to be done with the message, if there will be one: of a refused recipient too, as Postfix does. */
  readonly actions: readonly MessageAction[]
  /** Already stated in the trace; here for whoever wants the values. */
  readonly log: readonly LogLine[]
  readonly carry: Carry
}

/** At connect: asked only when smtpd_delay_reject is off. */
export async function checkClient(facts: Facts): Promise<Decision> {
  if (facts.settings.flag('smtpd_delay_reject')) return undecided(nothingCarried)
  const evaluation = new Evaluation(facts)
  const end = await client(facts, evaluation)
  return decision(end, evaluation, { ...nothingCarried, client: evaluation.deferIfPermit })
}

export async function checkHelo(facts: Facts, carry: Carry): Promise<Decision> {
  if (facts.settings.flag('smtpd_delay_reject')) return undecided(carry)
  const evaluation = new Evaluation(facts, carry.client)
  const end = await helo(facts, evaluation)
  return decision(end, evaluation, { ...carry, helo: evaluation.deferIfPermit })
}

export async function checkMail(facts: Facts, carry: Carry): Promise<Decision> {
  if (facts.settings.flag('smtpd_delay_reject')) return undecided(carry)
  const evaluation = new Evaluation(facts, carry.helo ?? carry.client)
  const end = await sender(facts, evaluation)
  return decision(end, evaluation, { ...carry, sender: evaluation.deferIfPermit })
}

export async function checkRcpt(facts: Facts, carried: Carry): Promise<Decision> {
  const recipient = facts.recipient ?? ''
  // RFC 5321 §4.5.1: postmaster without a domain is always heard.
  if (recipient.toLowerCase() === 'postmaster') return undecided(carried)
  const { settings } = facts
  const delayed = settings.flag('smtpd_delay_reject')
  const evaluation = new Evaluation(facts, delayed ? null : carried.sender)
  let carry = carried

  const begun = await inOrder(delayed ? [client, helo, sender] : [], facts, evaluation)
  if (begun.kind === 'refused' || begun.kind === 'discard') return decision(begun, evaluation, carry)
  // What was promised to a client is kept with its sender, even beyond RSET; VRFY without one hears of the last.
  if (facts.sender === null) evaluation.deferIfPermit = carry.sender
  else carry = { ...carry, sender: evaluation.deferIfPermit }

  const own = [relay, recipientList]
  if (!settings.flag('smtpd_relay_before_recipient_restrictions')) own.reverse()
  const end = await inOrder(own, facts, evaluation)
  if (end.kind === 'refused' || end.kind === 'discard') return decision(end, evaluation, carry)

  const last = await inOrder([promisedDeferral, unlistedRecipient], facts, evaluation)
  return decision(last.kind === 'refused' ? last : end, evaluation, carry)
}

export async function checkData(facts: Facts): Promise<Decision> {
  return atData(facts, 'data', 'smtpd_data_restrictions', 'DATA', 'Data command')
}

export async function checkEndOfData(facts: Facts): Promise<Decision> {
  return atData(facts, 'end-of-data', 'smtpd_end_of_data_restrictions', 'END-OF-MESSAGE', 'End-of-data')
}

export async function checkEtrn(facts: Facts, carry: Carry): Promise<Decision> {
  const delayed = facts.settings.flag('smtpd_delay_reject')
  const evaluation = new Evaluation(facts, delayed ? null : (carry.helo ?? carry.client))
  const end = await inOrder([...(delayed ? [client, helo] : []), etrn, promisedDeferral], facts, evaluation)
  return decision(end, evaluation, carry)
}

/** The size that MAIL announces, or that came: RFC 1870. */
export async function checkSize(facts: Facts, size: number): Promise<Decision> {
  const limit = facts.settings.number('message_size_limit')
  const evaluation = new Evaluation(facts)
  const about = topic('sender', 'message_size_limit', facts.sender ?? '', 'Sender address')
  const tooBig = limit > 0 && size > limit
  const end = await evaluation.builtIn({ ...about, name: 'message_size_limit' }, async () =>
    tooBig ? refuse(552, '5.3.4', 'Message size exceeds fixed limit') : dunno,
  )
  return decision(end, evaluation, nothingCarried)
}

/** Why smtpd will not run at all: nothing in its lists stops it from relaying for everyone. Null when all is well. */
export function relayControlProblem(settings: Facts['settings']): string | null {
  const lists = ['smtpd_relay_restrictions', 'smtpd_recipient_restrictions']
  if (lists.some((list) => stopsRelaying(settings.list(list), settings, 0))) return null
  const choices = [...relayStops].slice(0, -1).join(', ')
  return `in parameter ${lists.join(' or ')}, specify at least one working instance of: ${choices} or ${[...relayStops].at(-1) ?? ''}`
}

const relayStops = new Set([
  'reject_unauth_destination',
  'defer_unauth_destination',
  'reject',
  'defer',
  'defer_if_permit',
  'check_relay_domains',
])

function stopsRelaying(items: readonly string[], settings: Facts['settings'], depth: number): boolean {
  for (let i = 0; i < items.length; i++) {
    const name = (items[i] ?? '').toLowerCase()
    // A warning stops nothing.
    if (name === 'warn_if_reject') i++
    else if (name === 'permit') return false
    else if (relayStops.has(name)) return true
    else if (depth < 10 && settings.list('smtpd_restriction_classes').includes(items[i] ?? '')) {
      if (stopsRelaying(settings.list(items[i] ?? ''), settings, depth + 1)) return true
    }
  }
  return false
}

type Step = (facts: Facts, evaluation: Evaluation) => Promise<ListEnd>

/** Lists in order until one refuses. A discarded message is asked nothing more. */
async function inOrder(steps: readonly Step[], facts: Facts, evaluation: Evaluation): Promise<ListEnd> {
  let end: ListEnd = { kind: 'dunno' }
  for (const step of steps) {
    end = await step(facts, evaluation)
    if (end.kind === 'refused' || end.kind === 'discard') return end
  }
  return end
}

const topic = (stage: Stage, list: string, replyName: string, replyClass: ReplyClass) => ({
  stage,
  list,
  replyName,
  replyClass,
})

function listOf(facts: Facts, about: Omit<ListInput, 'items'>): ListInput {
  return { ...about, items: facts.settings.list(about.list) }
}

const client: Step = (facts, evaluation) =>
  evaluation.list(
    listOf(facts, {
      ...topic('client', 'smtpd_client_restrictions', facts.clientText, 'Client host'),
      bareTable: 'check_client_access',
    }),
  )

const helo: Step = async (facts, evaluation) =>
  facts.helo === null
    ? { kind: 'dunno' }
    : evaluation.list(
        listOf(facts, {
          ...topic('helo', 'smtpd_helo_restrictions', facts.helo, 'Helo command'),
          bareTable: 'check_helo_access',
        }),
      )

const sender: Step = async (facts, evaluation) => {
  if (facts.sender === null) return { kind: 'dunno' }
  const about = topic('sender', 'smtpd_sender_restrictions', facts.sender, 'Sender address')
  const end = await evaluation.list(listOf(facts, { ...about, bareTable: 'check_sender_access' }))
  if (end.kind === 'refused' || end.kind === 'discard') return end
  if (!facts.settings.flag('smtpd_reject_unlisted_sender')) return end
  const built = { ...about, list: 'smtpd_reject_unlisted_sender', name: 'reject_unlisted_sender' }
  return evaluation.builtIn(built, (call) => unlisted(facts, 'sender', call))
}

const recipientLists =
  (stage: 'relay' | 'recipient', list: string): Step =>
  (facts, evaluation) =>
    evaluation.list(
      listOf(facts, {
        ...topic(stage, list, facts.recipient ?? '', 'Recipient address'),
        bareTable: 'check_recipient_access',
      }),
    )

const relay = recipientLists('relay', 'smtpd_relay_restrictions')
const recipientList = recipientLists('recipient', 'smtpd_recipient_restrictions')

const etrn: Step = (facts, evaluation) =>
  evaluation.list(
    listOf(facts, {
      ...topic('etrn', 'smtpd_etrn_restrictions', facts.etrnDomain ?? '', 'Etrn command'),
      bareTable: 'check_etrn_access',
    }),
  )

/** Something earlier could not be found out: before mail is let in for want of it, the client is to come again. */
const promisedDeferral: Step = async (facts, evaluation) => {
  const promised = evaluation.deferIfPermit
  if (!promised) return { kind: 'dunno' }
  const about = topic('recipient', 'defer_if_permit', facts.recipient ?? '', 'Recipient address')
  return evaluation.builtIn({ ...about, name: 'defer_if_permit' }, async () => ({
    kind: 'refuse',
    ...promised,
  }))
}

const unlistedRecipient: Step = async (facts, evaluation) => {
  if (!facts.settings.flag('smtpd_reject_unlisted_recipient')) return { kind: 'dunno' }
  const list = 'smtpd_reject_unlisted_recipient'
  const about = topic('recipient', list, facts.recipient ?? '', 'Recipient address')
  return evaluation.builtIn({ ...about, name: 'reject_unlisted_recipient' }, (call) =>
    unlisted(facts, 'recipient', call),
  )
}

async function atData(
  given: Facts,
  stage: Stage,
  list: string,
  command: string,
  replyClass: ReplyClass,
): Promise<Decision> {
  // The answer is for all recipients; to name the last of many would mislead.
  const facts = given.recipientCount > 1 ? { ...given, recipient: null } : given
  const evaluation = new Evaluation(facts)
  const own: Step = () =>
    evaluation.list(listOf(facts, { ...topic(stage, list, command, replyClass), bareTable: null }))
  return decision(await inOrder([own, promisedDeferral], facts, evaluation), evaluation, nothingCarried)
}

const undecided = (carry: Carry): Decision => ({
  verdict: 'dunno',
  reply: null,
  actions: [],
  log: [],
  carry,
})

function decision(end: ListEnd, { actions, log }: Evaluation, carry: Carry): Decision {
  const after = { actions, log, carry }
  if (end.kind !== 'refused') return { verdict: end.kind, reply: null, ...after }
  const { reply, trouble } = end
  return { verdict: reply.code >= 500 ? 'reject' : 'defer', reply, trouble, ...after }
}
