/**
 * One letter on its way into one user's mail: what LMTP knows of it, and what a filter may do with it.
 *
 * Next: engine/mailbox/maildir/deliver.ts
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Flag, MailStore } from '#mailbox/mail-store.ts'

export type Delivery = {
  readonly session: string
  readonly user: string
  /** The reverse-path; '' for the null one. */
  readonly sender: string
  /** The forward-path as the client gave it, detail and all. */
  readonly recipient: string
  /** ORCPT, or the same as `recipient`. */
  readonly originalRecipient: string
  /** LF line ends, with the fields that this server put above it. */
  readonly content: Uint8Array
  readonly store: MailStore
  readonly settings: DovecotSettings
  /** Where the letter goes when no filter says otherwise: INBOX, or the folder that the detail names. */
  readonly folder: string
  /** A line of the server's log about this user: `lmtp(alice)<12><id>: …`. */
  log(text: string): void
  /** Stores a copy; durable when it resolves. Throws MailboxError. `folder` has `/` between its levels. */
  save(folder: string, options?: SaveOptions): Promise<void>
}

export type SaveOptions = {
  readonly flags?: readonly Flag[]
  /** Make the folder when it is not there; lda_mailbox_autocreate does it too. */
  readonly create?: 'create'
  /** Other content than the letter's own: a script has edited it. */
  readonly content?: Uint8Array
}

export type DeliveryOutcome =
  /** Done with: stored, sent on, or thrown away on purpose. */
  | { readonly kind: 'done' }
  /** Nothing was decided: the letter is to be kept. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'refused'; readonly code: number; readonly status: string; readonly text: string }

/** Decides what becomes of a letter: a Sieve script, for one. */
export type Filter = (delivery: Delivery) => Promise<DeliveryOutcome>
