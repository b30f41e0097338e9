/**
 * One look into an access table, and what its row means.
 *
 * access(5).
 */
import { search, type Key } from '#tables/search.ts'
import { readAction } from './access-actions.ts'
import type { Facts } from './facts.ts'
import { dunno, refuse, refused, type Call, type Outcome, type ReplyClass } from './restriction.ts'

export type AccessQuestion = {
  readonly keys: readonly Key[]
  readonly replyName: string
  readonly replyClass: ReplyClass
}

export async function lookAccess(facts: Facts, call: Call, question: AccessQuestion): Promise<Outcome> {
  return (await findAccess(facts, call, question)) ?? dunno
}

/** Null when no row fits: then the caller may ask with other keys. */
export async function findAccess(
  facts: Facts,
  call: Call,
  question: AccessQuestion,
): Promise<Outcome | null> {
  const { keys, replyName, replyClass } = question
  const { tried, result } = await search([facts.tables.open(call.argument)], keys)
  call.looked(tried)
  switch (result.kind) {
    case 'absent':
      return null
    case 'unavailable':
      call.warn(`${result.table} lookup error for "${tried.at(-1)?.key ?? ''}"`)
      return refuse(451, '4.3.5', refused(replyName, replyClass, 'Server configuration error'))
    case 'found':
      return readAction(result.found.value, {
        call: { ...call, replyName, replyClass },
        settings: facts.settings,
        table: result.found.table,
        key: result.found.asked,
        replyName,
        where: facts.where,
      })
  }
}

/** From such a table OK would let anyone in who controls a name or its DNS: it is refused as a mistake. */
export function forbidPermit(outcome: Outcome, restriction: string, target: string): Outcome {
  if (outcome.kind !== 'permit') return outcome
  return {
    kind: 'misconfigured',
    warnings: [
      `restriction ${restriction} returns OK for ${target}`,
      'this is not allowed for security reasons',
      'use DUNNO instead of OK if you want to make an exception',
    ],
  }
}
