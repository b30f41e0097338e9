/** What the letters that a script sends have in common: their marks, their dates, and the way out. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { latin1 } from '#protocol/bytes/text.ts'
import type { Delivery } from '../delivery.ts'

export const pigeonhole = 'Pigeonhole Sieve 0.5.19 (4eae2f79)'

/** Gives a letter to the MTA of this host. Rejects when it cannot be taken. */
export type Post = (message: {
  /** '' for the null reverse-path. */
  readonly sender: string
  readonly recipients: readonly string[]
  readonly content: Uint8Array
  readonly user: string
}) => Promise<void>

export type OutgoingWorld = {
  readonly machine: Machine
  readonly delivery: Delivery
  /** A count that no two letters share. */
  readonly serial: number
}

export const hostname = (settings: DovecotSettings, machine: Machine): string =>
  settings.text('hostname') || machine.name

export function messageId({ machine, delivery, serial }: OutgoingWorld): string {
  const now = machine.clock.now()
  const seconds = Math.floor(now / 1000)
  const micros = (now % 1000) * 1000
  return `<dovecot-sieve-${seconds}-${micros}-${serial}@${hostname(delivery.settings, machine)}>`
}

/** `Tue, 24 Nov 2026 08:34:11 +0000`. */
export const dateNow = (machine: Machine): string =>
  new Date(machine.clock.now()).toUTCString().replace(/GMT$/, '+0000')

/** `Postmaster <postmaster@example.org>`, from postmaster_address. */
export function postmaster({ machine, delivery }: OutgoingWorld): { address: string; field: string } {
  const { settings, user } = delivery
  const written = settings.text('postmaster_address')
  const domain = user.includes('@') ? user.slice(user.lastIndexOf('@') + 1) : hostname(settings, machine)
  const address = written === '' || written.includes('%') ? `postmaster@${domain}` : written
  const inner = /<([^<>]*)>/.exec(address)?.[1]
  return inner === undefined
    ? { address, field: `Postmaster <${address}>` }
    : { address: inner, field: address }
}

/** Lines with CRLF ends; the text has one character a byte. */
export const letterOf = (lines: readonly string[]): Uint8Array =>
  latin1(lines.map((line) => `${line}\r\n`).join(''))

/** CRLF line ends. */
export const crlf = (text: string): string => text.replace(/\r?\n/g, '\r\n')
