/**
 * What a restriction may ask. Lazy: DNS and tables are asked when a restriction needs them, and so the trace shows
 * only what was really looked up.
 *
 * Next: engine/mta/smtpd/restrictions/evaluate.ts
 */
import type { Machine } from '#engine/machine.ts'
import type { Settings } from '#config/settings.ts'
import type { Postfix } from '#mta/postfix.ts'
import type { Tables } from '#tables/table.ts'
import { isKnownRecipient, type KnownRecipient } from '#mta/rewrite/known-recipient.ts'
import { resolveAddress, type Resolved } from '#mta/rewrite/resolve.ts'
import { rewriteAddress } from '#mta/rewrite/rewrite-address.ts'
import { matchWorld } from '#mta/rewrite/world.ts'
import type { MatchWorld } from '#tables/matching.ts'

export type NameStatus = 'ok' | 'temporary' | 'permanent' | 'forged'

export type Client = {
  /** The verified name, or `unknown`. */
  readonly name: string
  readonly address: string
  /** The address of the connection itself, where XCLIENT gave another. */
  readonly socket?: string
  readonly port: number
  /** ok: the name leads back to the address; forged: it does not. */
  readonly nameStatus: NameStatus
  /** The name that PTR gives, verified or not, or `unknown`. */
  readonly reverseName: string
  readonly reverseStatus: NameStatus
}

export type Certificate = {
  readonly subject: string
  readonly issuer: string
  readonly fingerprint: string
  readonly keyFingerprint: string
  readonly trusted: boolean
}

/** What a probe of an address said. verify(8). */
export type Verification = {
  readonly outcome: 'deliverable' | 'undeliverable' | 'deferred' | 'in-progress' | 'unavailable'
  readonly text: string
}

export type FactsInput = {
  readonly postfix: Postfix
  /** Those of the service: master.cf may say other than main.cf. */
  readonly settings: Settings
  readonly session: string
  /** The command under way: CONNECT, HELO, EHLO, MAIL, RCPT, DATA, END-OF-MESSAGE, ETRN, VRFY. */
  readonly where: string
  readonly client: Client
  readonly server: { readonly address: string; readonly port: number }
  readonly protocol: 'SMTP' | 'ESMTP'
  readonly helo: string | null
  /** Internal form; '' is the null reverse-path. Null before MAIL. */
  readonly sender: string | null
  readonly recipient: string | null
  readonly recipientCount: number
  readonly queueId: string | null
  readonly size: number | null
  readonly etrnDomain: string | null
  readonly sasl: { readonly method: string; readonly username: string; readonly sender: string } | null
  readonly tls: {
    readonly version: string
    readonly cipher: string
    readonly bits: number
    readonly certificate: Certificate | null
  } | null
  /** The client sent more before it may: RFC 2920. */
  readonly pipelining: 'proper' | 'improper'
  /** verify(8): probes an address; absent where there is no queue to probe with. */
  readonly verify?: (address: string) => Promise<Verification>
  /** Lists whose items this session has stated: they are named once. */
  readonly walked?: Set<string>
  /** Tables that this session holds; those of `postfix` when absent. */
  readonly tables?: Tables
}

export type Facts = Omit<FactsInput, 'tables' | 'verify'> & {
  readonly machine: Machine
  readonly tables: Tables
  readonly world: MatchWorld
  /** Throws MappingUnavailable. */
  readonly resolve: (address: string) => Promise<Resolved>
  /** Throws MappingUnavailable. */
  readonly known: (address: string, as: 'sender' | 'recipient') => Promise<KnownRecipient>
  readonly verify: (address: string) => Promise<Verification>
  /** `unknown[192.0.2.1]`, as the log and replies write a client. */
  readonly clientText: string
}

export function createFacts(input: FactsInput): Facts {
  const postfix = input.tables ? { ...bare(input.postfix), tables: input.tables } : input.postfix
  const resolved = new Map<string, Promise<Resolved>>()
  const resolve = (address: string): Promise<Resolved> => {
    const known = resolved.get(address)
    if (known) return known
    const completed = rewriteAddress(address, 'local', postfix.settings)
    // smtpd asks its tables for addresses in lower case, even those that could tell the difference.
    const asked = resolveAddress(completed, input.sender ?? '', postfix).then((found) => ({
      ...found,
      recipient: found.recipient.toLowerCase(),
    }))
    resolved.set(address, asked)
    return asked
  }
  // What is known comes last: spread first and then added to, so large an object takes V8 twenty times as long.
  return {
    machine: postfix.machine,
    world: matchWorld(postfix),
    resolve,
    known: async (address, as) => isKnownRecipient(await resolve(address), as, postfix),
    clientText: `${input.client.name}[${input.client.address}]`,
    ...input,
    tables: postfix.tables,
    verify: input.verify ?? (async () => ({ outcome: 'unavailable', text: '' })),
  }
}

const bare = (postfix: Postfix): Postfix => ({
  machine: postfix.machine,
  settings: postfix.settings,
  services: postfix.services,
  settingsFor: (service) => postfix.settingsFor(service),
  tables: postfix.tables,
})
