/**
 * The commands of the TRANSACTION state: what they answer about a maildrop.
 *
 * RFC 1939 §5, §7. The texts are Dovecot's.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Pop3Command } from '#protocol/pop3/commands/index.ts'
import { err, ok, type Pop3Reply } from '#protocol/pop3/reply.ts'
import type { Maildrop } from './maildrop.ts'
import type { Outcome } from './outcome.ts'
import { uniqueIds } from './unique-ids.ts'

export type TransactionWorld = {
  readonly session: string
  readonly maildrop: Maildrop
  readonly settings: DovecotSettings
  readonly format: 'maildir' | 'mbox'
}

type Handler<V extends Pop3Command['verb']> = (
  command: Extract<Pop3Command, { verb: V }>,
  world: TransactionWorld,
) => Promise<Outcome>

type TransactionVerb =
  'STAT' | 'LIST' | 'UIDL' | 'RETR' | 'TOP' | 'DELE' | 'NOOP' | 'RSET' | 'LAST' | 'CAPA' | 'QUIT'

export const capabilities = ['CAPA', 'TOP', 'UIDL', 'RESP-CODES', 'PIPELINING', 'AUTH-RESP-CODE']

export const transaction: { readonly [V in TransactionVerb]: Handler<V> } = {
  STAT: async (_command, { maildrop }) => ({
    reply: ok(`${maildrop.present().length} ${maildrop.totalSize()}`),
  }),

  async LIST({ message }, { maildrop }) {
    if (message === null) {
      const present = maildrop.present()
      return {
        reply: ok(
          `${present.length} messages:`,
          present.map(({ number, size }) => `${number} ${size}`),
        ),
      }
    }
    const missing = refused(message, maildrop)
    return { reply: missing ?? ok(`${message} ${maildrop.messages[message - 1]?.size ?? 0}`) }
  },

  async UIDL({ message }, { maildrop, settings, format }) {
    const missing = message === null ? null : refused(message, maildrop)
    if (missing) return { reply: missing }
    const made = await uniqueIds(maildrop.messages, maildrop.mailbox, settings, format)
    if (made.kind === 'unsupported') {
      const fault = `UIDL: ${made.why} (pop3_uidl_format=${made.variable} not supported by storage?)`
      return {
        reply: message === null ? ok() : ok(String(message)),
        fault,
        close: "POP3 UIDLs couldn't be listed",
      }
    }
    const { ids } = made
    if (message !== null) return { reply: ok(`${message} ${ids[message - 1] ?? ''}`) }
    const lines = ids.map((id, i) => `${i + 1} ${id}`).filter((_line, i) => !maildrop.isDeleted(i + 1))
    return { reply: ok('', lines) }
  },

  async RETR({ message }, world) {
    const { maildrop } = world
    const missing = refused(message, maildrop)
    if (missing) return { reply: missing }
    const body = await maildrop.read(message, 'message')
    if (body === null) return { reply: err(`Message ${message} expunged.`), expunged: true }
    maildrop.wasRead(message)
    return { reply: ok(`${maildrop.messages[message - 1]?.size ?? 0} octets`), body: forClient(body, world) }
  },

  async TOP({ message, lines }, world) {
    const { maildrop, settings } = world
    const missing = refused(message, maildrop)
    if (missing) return { reply: missing }
    const whole = await maildrop.read(message, lines === 0 ? 'header' : 'message')
    if (whole === null) return { reply: err(`Message ${message} expunged.`), expunged: true }
    const fix = settings.list('pop3_client_workarounds').includes('oe-ns-eoh')
    return { reply: ok(), body: forClient(firstLines(whole, lines, fix ? 'end-header' : 'as-is'), world) }
  },

  async DELE({ message }, { maildrop }) {
    const missing = refused(message, maildrop)
    if (missing) return { reply: missing }
    maildrop.mark(message)
    return { reply: ok('Marked to be deleted.') }
  },

  NOOP: async () => ({ reply: ok() }),

  async RSET(_command, { maildrop, session }) {
    await maildrop.reset(session)
    return { reply: ok() }
  },

  LAST: async (_command, { maildrop, settings }) => ({
    reply: settings.flag('pop3_enable_last') ? ok(String(maildrop.last)) : err('Unknown command: LAST'),
  }),

  CAPA: async () => ({ reply: ok('', capabilities) }),

  async QUIT(_command, { maildrop, session }) {
    await maildrop.update(session)
    const text = maildrop.anyDeleted ? 'Logging out, messages deleted.' : 'Logging out.'
    return { reply: ok(text), steps: ['QUIT', 'updated'], close: 'Logged out' }
  },
}

export const isTransactionVerb = (verb: Pop3Command['verb']): verb is TransactionVerb =>
  Object.hasOwn(transaction, verb)

function refused(number: number, maildrop: Maildrop): Pop3Reply | null {
  if (number === 0 || number > maildrop.messages.length) return err(`There's no message ${number}.`)
  return maildrop.isDeleted(number) ? err('Message is deleted.') : null
}

/** The header and so many lines of the body. */
function firstLines(message: Uint8Array, lines: number, header: 'as-is' | 'end-header'): Uint8Array {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.length)
  const blank = bytes.subarray(0, 2).toString('latin1') === '\r\n' ? 0 : bytes.indexOf('\r\n\r\n')
  if (blank < 0)
    return header === 'end-header' ? Buffer.concat([withLineEnd(bytes), Buffer.from('\r\n')]) : bytes
  let end = blank === 0 ? 2 : blank + 4
  for (let i = 0; i < lines && end < bytes.length; i++) {
    const next = bytes.indexOf('\n', end)
    end = next < 0 ? bytes.length : next + 1
  }
  return bytes.subarray(0, end)
}

const withLineEnd = (bytes: Buffer): Buffer =>
  bytes.length === 0 || bytes.at(-1) === 10 ? bytes : Buffer.concat([bytes, Buffer.from('\r\n')])

/** Outlook stops at a NUL. */
function forClient(body: Uint8Array, { settings }: TransactionWorld): Uint8Array {
  // A message of no line has one, for the client.
  if (body.length === 0) return Buffer.from('\r\n')
  if (!body.includes(0) || !settings.list('pop3_client_workarounds').includes('outlook-no-nuls')) return body
  return body.map((byte) => (byte === 0 ? 0x80 : byte))
}
