/**
 * SASL: a client proves who it is, in steps, inside another protocol. A mechanism is a file of this folder;
 * SMTP, POP3, IMAP and ManageSieve only carry its bytes, in base64.
 *
 * RFC 4422; AUTH of SMTP: RFC 4954; of POP3: RFC 5034; of IMAP: RFC 3501 §6.2.2.
 */
export type SaslFailure =
  /** Wrong user or password, or a proof that does not match. */
  | 'credentials'
  /** The response is not what the mechanism's grammar says. */
  | 'syntax'
  /** The back end (saslauthd, a database) did not answer. */
  | 'unavailable'
  /** Known, but may not log in here or not this way. */
  | 'refused'

export type SaslStep =
  | { readonly kind: 'challenge'; readonly data: Uint8Array }
  /** `final`: data that must still reach the client (the server's proof in SCRAM), as one more challenge. */
  | {
      readonly kind: 'ok'
      readonly username: string
      readonly final?: Uint8Array
      /** Who logged in for the user: a master user. */
      readonly master?: string
    }
  | {
      readonly kind: 'failed'
      readonly failure: SaslFailure
      readonly reason: string
      readonly username: string | null
      /** Not for the password: there is no such user to act for, logins are off, a deny database has the name, the mail is at
       * another host, which does not answer.
       */
      readonly refused?: 'authorization' | 'disabled' | 'denied' | 'proxy'
    }

export interface SaslExchange {
  /** `initial`: the initial response, or null when the client gave none. */
  start(initial: Uint8Array | null): Promise<SaslStep>
  next(response: Uint8Array): Promise<SaslStep>
}

export type SaslContext = {
  readonly service: 'smtp' | 'lmtp' | 'pop3' | 'imap' | 'sieve'
  readonly tls: boolean
  readonly client: string
  readonly local: string
  readonly session: string
  /** How the log of auth names the session. */
  readonly id?: string
}

/** The authenticator of one host, as its servers see it. `engine/auth/` has them. */
export interface SaslServer {
  /** Reads its files again if they changed; servers call it when a session begins. */
  prepare?(): Promise<void>
  /** Why it cannot work at all, as it is configured; null: it can. */
  trouble?(): string | null
  /** In the order in which the server announces them. */
  mechanisms(context: SaslContext): readonly string[]
  /** Null when there is no such mechanism here. */
  begin(mechanism: string, context: SaslContext): SaslExchange | null
  /** A name and a password in clear: USER and PASS, LOGIN, testsaslauthd. */
  verify(username: string, password: string, context: SaslContext): Promise<SaslStep>
}
