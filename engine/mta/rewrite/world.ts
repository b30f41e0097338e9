/**
 * What rewriting and resolving may ask: the settings of one moment, and its tables.
 *
 * trivial-rewrite(8).
 */
import type { Postfix } from '../postfix.ts'
import type { MatchWorld, MatchResult } from '#tables/matching.ts'
import { matchDomain } from '#tables/matching.ts'
import type { ParentStyle, Search } from '#tables/search.ts'
import type { Settings } from '#config/settings.ts'
import { DiskError } from '#platform/disk.ts'
import { EmptyResult, MappingUnavailable } from '../addressing.ts'

export { EmptyResult, MappingUnavailable }

export const matchWorld = ({ machine, tables }: Postfix): MatchWorld => ({
  open: (name) => tables.open(name),
  readFile: async (path) => {
    try {
      return await machine.disk.readText(path)
    } catch (error) {
      if (error instanceof DiskError) return null
      throw error
    }
  },
})

/** Whether `example.com` in this list also means its subdomains. postconf(5), parent_domain_matches_subdomains. */
export const parentStyle = (settings: Settings, list: string): ParentStyle =>
  settings.list('parent_domain_matches_subdomains').includes(list) ? 'plain' : 'dotted'

/** A domain in a list that knows no subdomains: mydestination, virtual_alias_domains, virtual_mailbox_domains. */
export const inList = (postfix: Postfix, parameter: string, domain: string): Promise<MatchResult> =>
  matchDomain(postfix.settings.list(parameter), domain, 'exact', matchWorld(postfix))

/** A domain in a list that may know subdomains: relay_domains. */
export const inDomainList = (postfix: Postfix, parameter: string, domain: string): Promise<MatchResult> =>
  matchDomain(
    postfix.settings.list(parameter),
    domain,
    parentStyle(postfix.settings, parameter),
    matchWorld(postfix),
  )

/** Yes or no; a list that could not be read throws. */
export function decided(result: MatchResult, parameter: string, domain: string): boolean {
  if (result.kind === 'unavailable') throw new MappingUnavailable(parameter, domain)
  return result.kind === 'yes'
}

/** What a search found; a table that could not be asked throws. */
export function foundIn(search: Search, address: string) {
  if (search.result.kind === 'unavailable') throw new MappingUnavailable(search.result.table, address)
  return search.result.kind === 'found' ? search.result.found : null
}
