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

/** Whether a list of clients, or of words, can be read at all. */
export async function isReadable(
  {
    postfix,
    now,
  }: { readonly postfix: Postfix; readonly now: { readonly client: Parameters<typeof hasClient>[2] } },
  list: readonly string[],
): Promise<boolean> {
  if (list.length === 0) return true
  return (await matchClient(list, now.client, 'plain', matchWorld(postfix))).kind !== 'unavailable'
}

function isYes({ machine }: Postfix, result: MatchResult): boolean {
  if (result.kind === 'unavailable') {
    machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'warning', text: result.reason })
  }
  return result.kind === 'yes'
}
