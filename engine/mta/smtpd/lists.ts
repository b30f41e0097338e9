/** Is this client, or this word, in a list of main.cf? */
import type { Postfix } from '#mta/postfix.ts'
import { matchWorld } from '#mta/rewrite/world.ts'
import { matchClient, matchDomain, type MatchResult } from '#tables/matching.ts'

/** An unreadable list has nobody in it, as for Postfix: it warns and goes on. */
export async function hasClient(
  postfix: Postfix,
  list: readonly string[],
  client: { readonly name: string; readonly address: string },
): Promise<boolean> {
  if (list.length === 0) return false
  return isYes(postfix, await matchClient(list, client, 'plain', matchWorld(postfix)))
}

export async function hasWord(
  postfix: Postfix,
  list: readonly string[],
  word: string,
  subdomains: 'exact' | 'plain' = 'exact',
): Promise<boolean> {
  if (list.length === 0) return false
  return isYes(postfix, await matchDomain(list, word, subdomains, matchWorld(postfix)))
}

function isYes({ machine }: Postfix, result: MatchResult): boolean {
  if (result.kind === 'unavailable') {
    machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'warning', text: result.reason })
  }
  return result.kind === 'yes'
}
