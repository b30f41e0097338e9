/**
 * A command of a lab host's shell: a file each in `commands/`, listed in `commands/index.ts`.
 * It reads the host's files and asks its daemons; what it prints is what the real one prints.
 */
import type { Machine } from '#engine/machine.ts'
import type { Section } from '#protocol/imap/fetch-item.ts'
import type { MimePart } from '#protocol/message/mime-tree.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import type { QueueControl } from '#mta/handover.ts'
import type { Postfix } from '#mta/postfix.ts'

export type CommandResult = { readonly stdout: string; readonly stderr: string; readonly exit: number }

/** Somebody who is logged in to POP3, IMAP or ManageSieve. */
export type MailSession = {
  readonly user: string
  readonly protocol: 'imap' | 'pop3' | 'sieve'
  readonly pid: number
  readonly address: string
}

/** Whom Dovecot knows. */
export interface MailAccounts {
  /** By the user databases. */
  names(): Promise<readonly string[]>
  user(name: string): Promise<{ readonly name: string; readonly fields: ReadonlyMap<string, string> } | null>
  /** Password schemes, as `doveadm pw -l` has them. */
  readonly schemes: readonly string[]
  /** A password as it is stored, or why not: null when the scheme is unknown. */
  stored(
    scheme: string,
    password: string,
    options: { user: string; rounds: number | null },
  ): string | { readonly problem: string } | null
  /** Whether a password is that of a stored one; a text: what is wrong with what is stored. */
  isStored(
    password: string,
    stored: string,
    user: string,
  ): boolean | { readonly at: 'decoding' | 'verifying'; readonly problem: string }
  /** By the password databases: fields beside the password. */
  account(name: string): Promise<ReadonlyMap<string, string> | null>
}

/** Pieces of a message, as the IMAP server of the box cuts them. */
export interface MessagePieces {
  /** UTF-8, one character a byte. */
  preview(message: Uint8Array, root: MimePart): string
  section(message: Uint8Array, root: MimePart, section: Section): Uint8Array
  /** Without the part's transfer encoding; null when that is unknown. */
  decoded(message: Uint8Array, root: MimePart, section: Section): Uint8Array | null
}

/** Dovecot on this box, as doveadm reaches it. */
export interface MailControl {
  readonly sasl: SaslServer
  readonly accounts: MailAccounts
  readonly pieces: MessagePieces
  /** In the order in which they came. */
  sessions(): readonly MailSession[]
  /** Cuts the connection. */
  kick(session: MailSession): void
}

/** The daemons of a box, as its operator reaches them. */
export interface Box {
  readonly machine: Machine
  /** The configuration that runs now; null when Postfix is stopped or was never there. */
  readonly postfix: Postfix | null
  readonly queue: QueueControl | null
  readonly stores: MailStores | null
  readonly sasl: SaslServer | null
  /** Absent where no Dovecot can run. */
  readonly mail?: MailControl
  /** `postfix start|stop|reload`, `service saslauthd stop`: resolves with the text of a failure, or null. */
  control(
    daemon: 'postfix' | 'dovecot' | 'saslauthd',
    action: 'start' | 'stop' | 'reload',
  ): Promise<string | null>
  running(daemon: 'postfix' | 'dovecot' | 'saslauthd'): boolean
  /** `sendmail -bs`: what the SMTP server answers to these lines of a user of the box; absent while Postfix is stopped. */
  speakSmtp?: (user: string, said: string) => Promise<string>
  /** Asks saslauthd as testsaslauthd does; absent where the host has none. */
  saslauthd?(account: {
    readonly user: string
    readonly password: string
    readonly service: string
    readonly realm: string
  }): Promise<'ok' | 'wrong' | 'not running'>
}

export type CommandInput = {
  readonly box: Box
  readonly user: string
  /** The command's own name first, as in argv. */
  readonly words: readonly string[]
  readonly stdin: string
  readonly directory: string
}

export interface HostCommand {
  readonly name: string
  run(input: CommandInput): Promise<CommandResult>
}
