/** Is this client, or this word, in a list of main.cf? */
import type { Postfix } from '#mta/postfix.ts'
import { matchClient, matchDomain } from '#tables/matching.ts'
import type { MatchWorld } from '#tables/matching.ts'
import { DiskError } from '#platform/disk.ts'

export function matchWorld(postfix: Postfix): MatchWorld {
  const { machine, tables } = postfix
  return {
    open: (name) => tables.open(name),
    async readFile(path) {
      try {
        return await machine.disk.readText(path)
      } catch (error) {
        if (error instanceof DiskError) return null
        throw error
      }
    },
    warn(text) {
      machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'warning', text })
    },
  }
}

/** An unreadable list has nobody in it, as for Postfix: it warns and goes on. */
export async function hasClient(
  postfix: Postfix,
  list: readonly string[],
  client: { readonly name: string; readonly address: string },
): Promise<boolean> {
  if (list.length === 0) return false
  const result = await matchClient(list, client, 'plain', matchWorld(postfix))
  return result.kind === 'yes'
}

export async function hasWord(
  postfix: Postfix,
  list: readonly string[],
  word: string,
  subdomains: 'exact' | 'plain' = 'exact',
): Promise<boolean> {
  if (list.length === 0) return false
  const result = await matchDomain(list, word, subdomains, matchWorld(postfix))
  return result.kind === 'yes'
}
