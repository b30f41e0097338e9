/**
 * The restriction lists as a session's policy: what the session knows becomes the facts that restrictions may ask.
 *
 * SMTPD_ACCESS_README.
 * Next: engine/mta/smtpd/restrictions/evaluate.ts
 */
import { SettingError } from '#config/settings.ts'
import { holdTables } from '#mta/maps.ts'
import type { Answer, Policy, Question } from './policy.ts'
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
    const { all } = session.settings
    const problem = relayControlProblem(all)
    if (problem !== null) throw new SettingError(problem)
    const tables = holdTables(session.postfix.tables)
    let carry: Carry = nothingCarried

    const factsOf = (question: Question, now: Conversation, where: string): Facts => {
      const { transaction } = now
      const recipients = transaction?.recipients ?? []
      return createFacts({
        postfix: session.postfix,
        settings: all,
        session: session.id,
        where,
        client: now.client,
        server: session.server,
        protocol: now.protocol,
        helo: question.stage === 'helo' ? question.name : now.helo,
        sender: 'sender' in question ? question.sender : (transaction?.sender ?? null),
        recipient: 'recipient' in question ? question.recipient : (recipients.at(-1)?.address ?? null),
        recipientCount: recipients.length,
        queueId: transaction?.queueId ?? null,
        size: 'size' in question ? question.size : now.declaredSize,
        etrnDomain: question.stage === 'etrn' ? question.domain : null,
        sasl: now.sasl === null ? null : { ...now.sasl, sender: transaction?.parameters.auth ?? '' },
        tls: now.tls === null ? null : { ...now.tls, certificate: null },
        // An ESMTP client may send ahead, but not beyond DATA. RFC 2920 §3.1.
        pipelining:
          session.pipelined() && (now.protocol === 'SMTP' || where === 'DATA') ? 'improper' : 'proper',
        tables,
        ...(verify ? { verify } : {}),
      })
    }

    return {
      async ask(question, now, where): Promise<Answer> {
        const decision = await decide(question, factsOf(question, now, where), carry)
        carry = decision.carry
        const { reply: refusal, trouble = 'policy', actions } = decision
        return { refusal, trouble, actions }
      },
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
