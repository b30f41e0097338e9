/** What made an answer come out as it did, as values; `words/` has the sentences. */

/** A row that decided, and where it stands. */
export type RowFact = {
  readonly table: string
  readonly key: string
  readonly value: string
  readonly file: string | null
  readonly line: number | null
}

export type Cause =
  // Of restriction lists
  | {
      readonly kind: 'relay'
      readonly recipient: string
      readonly client: string
      readonly user: string | null
    }
  /** `maps`: the setting that should have had the address; null in old traces. `tables`: where it was looked for. */
  | {
      readonly kind: 'unlisted'
      readonly address: string
      readonly maps: string | null
      readonly tables: readonly string[]
    }
  | { readonly kind: 'too-big'; readonly list: string }
  | ({ readonly kind: 'row'; readonly item: string } & RowFact)
  | { readonly kind: 'table-unavailable'; readonly table: string; readonly key: string }
  | { readonly kind: 'refusing-item' | 'permitting-item'; readonly list: string; readonly item: string }
  | { readonly kind: 'no-objection'; readonly lists: readonly string[] }
  // Of the protocol
  | {
      readonly kind: 'order'
      readonly verb: string
      readonly state: string
      readonly expected: readonly string[]
    }
  | { readonly kind: 'syntax'; readonly verb: string; readonly form: string }
  | { readonly kind: 'unknown-command'; readonly word: string }
  | {
      readonly kind:
        | 'no-command'
        | 'spoke-early'
        | 'own-trouble'
        | 'scripted'
        | 'expansion'
        | 'misconfigured'
        | 'after-refused-chunk'
    }
  | { readonly kind: 'setting'; readonly name: string; readonly value: string }
  // Of the login
  | {
      readonly kind: 'login-failed' | 'login-unavailable' | 'login-cancelled'
      readonly mechanism: string
      readonly user: string | null
      readonly reason: string
    }
  | { readonly kind: 'tls-failed'; readonly reason: string }
  // Of the letter and the mailbox
  | ({ readonly kind: 'content'; readonly checks: string } & RowFact)
  | { readonly kind: 'quota' | 'no-mailbox'; readonly address: string }
  | { readonly kind: 'no-message' | 'message-deleted' | 'message-expunged'; readonly number: string }
  | { readonly kind: 'no-folder' | 'folder-exists' | 'folder-in-use'; readonly folder: string }
  | { readonly kind: 'folder-name'; readonly why: string }
  | { readonly kind: 'imap-syntax'; readonly why: string; readonly form: string }
  | { readonly kind: 'inbox-stays' | 'not-selected' | 'charset' | 'too-many-bad-commands' | 'line-too-long' }
  // Of a delivery that did not succeed
  | { readonly kind: 'peer-said'; readonly relay: string; readonly said: string }
  | { readonly kind: 'not-connected'; readonly relay: string; readonly why: string }
  | { readonly kind: 'not-resolved'; readonly name: string }
  | { readonly kind: 'loops-back' | 'expired' }
  | { readonly kind: 'delivery'; readonly status: string; readonly text: string }
