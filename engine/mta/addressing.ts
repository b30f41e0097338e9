/**
 * What cleanup, the queue manager and the delivery agents ask of trivial-rewrite and the address tables.
 * `mta/rewrite` answers; the composition of the MTA passes the answers on, so that no daemon knows another.
 *
 * ADDRESS_REWRITING_README.
 */

import type { Substitution } from '#tables/table.ts'

/** Whether incomplete addresses get our own domain (`local`), another domain, or stay as they are (null). */
export type RewriteContext = 'local' | { readonly domain: string } | null

export type MappingPlace = 'envelope_sender' | 'envelope_recipient' | 'header_sender' | 'header_recipient'

/** A table could not be asked: the mail is to be tried again later. */
export class MappingUnavailable extends Error {
  readonly table: string
  readonly address: string
  constructor(table: string, address: string) {
    super(`${table} map lookup problem for ${address}`)
    this.table = table
    this.address = address
  }
}

/** A row without a value: no answer, and no absence either; only whoever made the table can tell. */
export class EmptyResult extends MappingUnavailable {}

/** Aliases lead in circles, too deep, or to too many: the letter is put off until somebody mends the table. */
export class ExpansionRefused extends MappingUnavailable {}

export type Route = {
  readonly transport: string
  readonly nexthop: string
  /** As it is given to the delivery agent. */
  readonly recipient: string
  readonly addressClass: string
  /** In the words of a learner: which table or parameter decided. */
  readonly why: string
}

export type Resolution =
  | ({ readonly kind: 'route' } & Route)
  /** Bad syntax: no transport takes it. */
  | ({ readonly kind: 'malformed' } & Route)
  | { readonly kind: 'unavailable'; readonly reason: string }

export interface Addressing {
  /** Completes and normalizes an address: `alice` → `alice@example.com`. */
  rewrite(address: string, context: RewriteContext): string
  /** canonical(5) maps, then masquerading, as far as they apply to this place. `by`: what changed it. Throws MappingUnavailable. */
  canonical(
    address: string,
    place: MappingPlace,
  ): Promise<{ readonly address: string; readonly by: string | null }>
  /** virtual(5) aliases, expanded to the end; the address itself when there are none. Throws MappingUnavailable. */
  virtual(address: string): Promise<readonly string[]>
  /** The value of an address-indexed table: `user+ext@domain`, `user@domain`, `@domain` … Throws MappingUnavailable. */
  find(tables: string, address: string, substitution?: Substitution): Promise<string | null>
  resolve(address: string, sender: string): Promise<Resolution>
  /** Whether addresses in headers from this client are completed like our own. local_header_rewrite_clients. */
  headerContext(client: {
    readonly address: string
    /** The address of the connection itself. */
    readonly socket: string
    readonly authenticated: boolean
  }): Promise<RewriteContext>
  /** Splits `user+ext` by recipient_delimiter. */
  splitExtension(localPart: string): { readonly user: string; readonly extension: string | null }
}
