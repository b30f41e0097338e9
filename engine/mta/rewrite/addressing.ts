/**
 * The address machinery of one Postfix, as cleanup, the queue manager and the agents ask it.
 *
 * trivial-rewrite(8); ADDRESS_REWRITING_README.
 */
import { splitExtension } from '#tables/address.ts'
import { splitOutsideBraces } from '#tables/inline-rules.ts'
import { matchClient } from '#tables/matching.ts'
import { MappingUnavailable, type Addressing, type Resolution, type RewriteContext } from '../addressing.ts'
import type { Postfix } from '../postfix.ts'
import { searchAddress } from './find-address.ts'
import { canonicalMap, virtualAliasExpand } from './mappings.ts'
import { isOwnAddress } from './own-domain.ts'
import { resolveAddress } from './resolve.ts'
import { rewriteAddress } from './rewrite-address.ts'
import { foundIn, matchWorld, parentStyle } from './world.ts'

export function createAddressing(postfix: Postfix): Addressing {
  const { settings } = postfix
  return {
    rewrite: (address, context) => rewriteAddress(address, context, settings),
    canonical: (address, place) => canonicalMap(address, place, postfix),
    virtual: (address) => virtualAliasExpand(address, postfix),

    async find(tables, address, substitution) {
      const searched = await searchAddress(splitOutsideBraces(tables), address, postfix, substitution)
      return foundIn(searched, address)?.value ?? null
    },

    async resolve(address, sender): Promise<Resolution> {
      try {
        const resolved = await resolveAddress(address, sender, postfix)
        const { recipient, addressClass, why, flags } = resolved
        if (!flags.malformed) return { kind: 'route', ...resolved }
        const bad = { transport: 'error', nexthop: '5.1.3 bad address syntax' }
        return { kind: 'malformed', ...bad, recipient, addressClass, why }
      } catch (error) {
        if (error instanceof MappingUnavailable) return { kind: 'unavailable', reason: error.message }
        throw error
      }
    },

    headerContext: (client) => headerContext(client, postfix),

    splitExtension(localPart) {
      const split = splitExtension(localPart, settings.text('recipient_delimiter'))
      return split ? { user: split.user, extension: split.extension } : { user: localPart, extension: null }
    },
  }
}

/** Whose headers are completed with our own domain: local_header_rewrite_clients. */
async function headerContext(
  client: { readonly address: string; readonly socket: string; readonly authenticated: boolean },
  postfix: Postfix,
): Promise<RewriteContext> {
  const { settings } = postfix
  const remote = settings.text('remote_header_rewrite_domain')
  const otherwise: RewriteContext = remote === '' ? null : { domain: remote }
  for (const item of settings.list('local_header_rewrite_clients')) {
    const trusted =
      item === 'permit_inet_interfaces'
        ? isOwnAddress(client.socket, postfix)
        : item === 'permit_mynetworks'
          ? await inMynetworks(client.address, postfix)
          : item === 'permit_sasl_authenticated'
            ? client.authenticated
            : item.includes(':') && (await isListed(client.address, item, postfix))
    if (trusted) return 'local'
  }
  return otherwise
}

/** A table of clients: to be in it is enough. */
async function isListed(address: string, table: string, { tables }: Postfix): Promise<boolean> {
  return (await tables.open(table).lookup(address)).outcome === 'found'
}

async function inMynetworks(address: string, postfix: Postfix): Promise<boolean> {
  const { settings } = postfix
  const style = parentStyle(settings, 'mynetworks')
  const client = { name: 'unknown', address }
  const result = await matchClient(settings.list('mynetworks'), client, style, matchWorld(postfix))
  return result.kind === 'yes'
}
