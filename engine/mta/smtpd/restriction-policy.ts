/**
 * The restriction lists as a session's policy: what the session knows becomes the facts that restrictions may ask.
 *
 * SMTPD_ACCESS_README.
 * Next: engine/mta/smtpd/restrictions/evaluate.ts
 */
import { SettingError } from '#config/settings.ts'
import { holdTables } from '#mta/maps.ts'
import type { Tables } from '#tables/table.ts'
import type { Answer, Policy, PolicyBranch, Question } from './policy.ts'
import { withRow } from './row-change.ts'
import type { PolicyOf } from './smtpd.ts'
import type { Conversation } from './conversation.ts'
import {
  checkClient,
  checkData,
  checkEndOfData,
  checkEtrn,
  checkHelo,
  checkMail,
  checkRcpt,
  checkSize,
  nothingCarried,
  relayControlProblem,
} from './restrictions/checks.ts'
import type { Carry, Decision } from './restrictions/checks.ts'
import { createFacts } from './restrictions/facts.ts'
import type { Facts, FactsInput } from './restrictions/facts.ts'

/** `verify`: probes addresses for reject_unverified_recipient; verify(8). Throws SettingError when smtpd must not run. */
export const restrictionPolicy =
  ({ verify }: { readonly verify?: NonNullable<FactsInput['verify']> } = {}) =>
  (session: PolicyOf): Policy => {
    mustStopRelaying(session)
    const probed = new Set<string>()
    const probe = (ask: NonNullable<typeof verify>) => (address: string) => {
      probed.add(address)
      return ask(address)
    }
    const held = { walked: new Set<string>(), probed, ...(verify ? { verify: probe(verify) } : {}) }
    return listPolicy(session, { ...held, tables: holdTables(session.postfix.tables) }, nothingCarried)
  }

/** Throws SettingError: smtpd will not run as an open relay. */
function mustStopRelaying({ settings }: Pick<PolicyOf, 'settings'>): void {
  const problem = relayControlProblem(settings.all)
  if (problem !== null) throw new SettingError(problem)
}

type Held = Pick<FactsInput, 'verify' | 'walked'> & {
  readonly tables: Tables
  /** The addresses that were probed for this session. */
  readonly probed: ReadonlySet<string>
}

/** `began`: what the commands before have left. */
function listPolicy(session: PolicyOf, held: Held, began: Carry): Policy {
  let carry = began
  return {
    async ask(question, now, where): Promise<Answer> {
      const decision = await decide(
        question,
        createFacts(factsOf(session, held, question, now, where)),
        carry,
      )
      carry = decision.carry
      const { reply: refusal, trouble = 'policy', actions } = decision
      return { refusal, trouble, actions }
    },
    branch() {
      const { pipelined: _asksTheConnection, ...known } = session
      return branchOf(known, held, carry)
    },
  }
}

/** By itself, so that what is kept of a session does not keep its connection. */
const branchOf =
  (session: Omit<PolicyOf, 'pipelined'>, held: Held, carried: Carry): PolicyBranch =>
  ({ postfix, settings, pipelined, row }) => {
    const tables = row === null ? held.tables : withRow(held.tables, row)
    mustStopRelaying({ settings })
    const changed = { ...session, postfix, settings, pipelined: () => pipelined }
    return listPolicy(changed, { ...held, ...onlyKnown(held), tables, walked: new Set() }, carried)
  }

/** A login that XCLIENT tells of counts only where logins are. */
const isBorrowed = ({ sasl }: Conversation, settings: PolicyOf['settings']) =>
  sasl?.method === 'XCLIENT' && settings.sasl.enabled === 'no'

function factsOf(
  { id, postfix, settings, server, pipelined }: PolicyOf,
  held: Held,
  question: Question,
  now: Conversation,
  where: string,
): FactsInput {
  const { transaction } = now
  const recipients = transaction?.recipients ?? []
  return {
    postfix,
    settings: settings.all,
    session: id,
    where,
    client: now.client,
    server,
    protocol: now.protocol,
    helo: question.stage === 'helo' ? question.name : now.helo,
    sender: 'sender' in question ? question.sender : (transaction?.sender ?? null),
    recipient: 'recipient' in question ? question.recipient : (recipients.at(-1)?.address ?? null),
    recipientCount: recipients.length,
    queueId: transaction?.queueId ?? null,
    size: 'size' in question ? question.size : now.declaredSize,
    etrnDomain: question.stage === 'etrn' ? question.domain : null,
    sasl:
      now.sasl === null || isBorrowed(now, settings)
        ? null
        : { ...now.sasl, sender: transaction?.parameters.auth ?? '' },
    tls: now.tls,
    pipelining: pipelined() ? 'improper' : 'proper',
    tables: held.tables,
    ...(held.walked ? { walked: held.walked } : {}),
    ...(held.verify ? { verify: held.verify } : {}),
  }
}

/** A trial sends no probe: it believes what is known, and of others the best. */
function onlyKnown({ verify, probed }: Held): Pick<FactsInput, 'verify'> {
  if (verify === undefined) return {}
  return {
    verify: (address) =>
      probed.has(address) ? verify(address) : Promise.resolve({ outcome: 'deliverable', text: '' }),
  }
}

async function decide(question: Question, facts: Facts, carry: Carry): Promise<Decision> {
  switch (question.stage) {
    case 'client':
      return checkClient(facts)
    case 'helo':
      return checkHelo(facts, carry)
    case 'sender':
      return checkMail(facts, carry)
    case 'size':
      return { ...(await checkSize(facts, question.size)), carry }
    case 'recipient':
    case 'vrfy':
      return checkRcpt(facts, carry)
    case 'data':
      return { ...(await checkData(facts)), carry }
    case 'end-of-data':
      return { ...(await checkEndOfData(facts)), carry }
    case 'etrn':
      return checkEtrn(facts, carry)
    default:
      return question satisfies never
  }
}
