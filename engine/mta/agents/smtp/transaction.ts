/**
 * One message over an open session: MAIL, RCPT for each recipient, DATA, the message. Where the server takes
 * commands in one go, they leave in one go.
 *
 * RFC 5321 §3.3, RFC 2920; LMTP answers for each recipient: RFC 2033 §4.2; parameters: RFC 1870, 6152, 3461, 6531.
 */
import { quoteAddress } from '#protocol/message/address-list.ts'
import { encodeXtext } from '#protocol/smtp/xtext.ts'
import type { DeliveryResult, QueueFile, Recipient } from '../../handover.ts'
import { failed } from '../results.ts'
import { readReply, type ServerReply } from './server-reply.ts'
import { LocalDataError } from './outgoing.ts'
import type { Session } from './session.ts'
import { SessionFailed } from './session.ts'
import type { ClientSettings } from './settings.ts'

export type TransactionInput = {
  readonly session: Session
  readonly settings: ClientSettings
  readonly queueFile: QueueFile
  readonly sender: string
  readonly recipients: readonly Recipient[]
  /** What became of each recipient; when the connection breaks, of those that were answered until then. */
  readonly results: DeliveryResult[]
  /** As the server is told it; the recipient itself unless generic maps say otherwise. */
  readonly addressOf: (recipient: Recipient) => string
  /** The message in wire form, the final dot included. Rejects with LocalDataError. */
  readonly wire: (bits: 'as it is' | 'seven') => Promise<Buffer>
  /** Whether there is anything in it that ASCII cannot say. RFC 6531. */
  readonly utf8: 'needed' | 'not needed'
  readonly connectedAt: number
  /** `recipients`: end after RCPT, for verify(8). */
  readonly extent: 'recipients' | 'message'
}

/** A kept connection turned out to be closed: nothing was said on it yet. */
export class StaleSession extends Error {}

/** Fills `results`. Rejects with SessionFailed when the connection breaks: of those accepted nothing is known then. */
export async function transact(input: TransactionInput): Promise<void> {
  const { session, settings, queueFile, recipients, results } = input
  const { timeouts } = settings
  const hopeless = overSize(session, queueFile) ?? unreadable(input)
  if (hopeless !== null) {
    const { status, text } = hopeless
    const { relay, connectedAt } = about(input)
    results.push(...recipients.map((recipient) => failed(recipient, status, text, { relay, connectedAt })))
    return
  }

  const probing = input.extent === 'recipients'
  const written = settings.quoteEnvelope ? quoteAddress : (address: string) => address
  const mail = `MAIL FROM:<${written(input.sender)}>${mailParameters(input)}\r\n`
  const rcpts = recipients.map(
    (recipient) =>
      `RCPT TO:<${written(input.addressOf(recipient))}>${rcptParameters(session, recipient)}\r\n`,
  )
  const reset = session.uses > 0 ? 'RSET\r\n' : ''
  session.uses++
  const pipelined = session.extensions.has('PIPELINING') && !probing
  session.dialogue.send(pipelined ? `${reset}${mail}${rcpts.join('')}DATA\r\n` : reset || mail)
  if (reset !== '') {
    const alive = await session.dialogue.reply(timeouts.reset).catch(() => null)
    if (alive === null || !is(2, readReply(alive))) throw new StaleSession()
    if (!pipelined) session.dialogue.send(mail)
  }

  const mailReply = await session.expect('sending MAIL FROM', timeouts.mail)
  const mailRefused = !is(2, mailReply)
  session.step({ type: mailRefused ? 'mail-refused' : 'mail-ok' })
  if (mailRefused) {
    results.push(...recipients.map((recipient) => said(input, recipient, mailReply, 'MAIL FROM')))
    if (!pipelined) return finish(input)
  }

  const accepted: Recipient[] = []
  for (const [i, recipient] of recipients.entries()) {
    if (!pipelined) session.dialogue.send(rcpts[i] ?? '')
    const reply = await session.expect('sending RCPT TO', timeouts.recipient)
    if (mailRefused) continue
    session.step({ type: is(2, reply) ? 'recipient-ok' : 'recipient-refused' })
    if (is(2, reply) && probing) results.push(passedOn(input, recipient, reply))
    else if (is(2, reply)) accepted.push(recipient)
    else results.push(said(input, recipient, reply, 'RCPT TO'))
  }
  if (accepted.length === 0 && !pipelined) return finish(input)

  if (!pipelined) session.dialogue.send('DATA\r\n')
  const go = await session.expect('sending DATA command', timeouts.dataInit)
  if (accepted.length === 0) {
    // The server took DATA with nobody to deliver to: an empty message ends it.
    if (is(3, go)) {
      session.dialogue.send('.\r\n')
      await session.expect('sending end of data', timeouts.dataDone)
    }
    return finish(input)
  }
  if (!is(3, go)) {
    session.step({ type: 'data-refused' })
    results.push(...accepted.map((recipient) => said(input, recipient, go, 'DATA')))
    return finish(input)
  }
  session.step({ type: 'data-go' })
  session.dialogue.sendMessage(await message(input))
  session.step({ type: 'message-sent' })
  await outcomes(input, accepted)
}

async function outcomes(input: TransactionInput, accepted: readonly Recipient[]): Promise<void> {
  const { session, settings, results } = input
  let reply: ServerReply | null = null
  for (const recipient of accepted) {
    if (reply === null || settings.protocol === 'lmtp') {
      reply = await session.expect(
        'sending end of data -- message may be sent more than once',
        settings.timeouts.dataDone,
      )
      session.step({ type: is(2, reply) ? 'delivered' : 'refused' })
    }
    results.push(
      is(2, reply) ? passedOn(input, recipient, reply) : said(input, recipient, reply, 'end of DATA'),
    )
  }
}

const is = (kind: number, { code }: ServerReply): boolean => Math.floor(code / 100) === kind

/** A transaction that came to nothing: the session is made ready for another. */
async function finish({ session, settings }: TransactionInput): Promise<void> {
  session.dialogue.send('RSET\r\n')
  try {
    await session.expect('sending final RSET', settings.timeouts.reset)
    session.step({ type: 'reset-ok' })
  } catch (error) {
    if (!(error instanceof SessionFailed)) throw error
  }
}

function about({ session, connectedAt }: TransactionInput) {
  return { relay: relayOf(session), remoteMta: session.peer.name, connectedAt }
}

const relayOf = ({ peer }: Session): string =>
  peer.port === 0 ? `${peer.name}[${peer.address}]` : `${peer.name}[${peer.address}]:${peer.port}`

function said(
  input: TransactionInput,
  recipient: Recipient,
  reply: ServerReply,
  command: string,
): DeliveryResult {
  const text = `host ${input.session.peer.label} said: ${reply.text} (in reply to ${command} command)`
  return failed(recipient, reply.status, text, {
    ...about(input),
    diagnostic: { type: 'smtp', text: reply.text },
  })
}

/** A server that knows DSN reports itself; of another, the sender is told only that it took the message. */
function passedOn(input: TransactionInput, recipient: Recipient, reply: ServerReply): DeliveryResult {
  return {
    recipient,
    outcome: input.session.extensions.has('DSN') ? 'sent' : 'relayed',
    status: reply.status,
    text: reply.text,
    diagnostic: { type: 'smtp', text: reply.text },
    ...about(input),
  }
}

type Hopeless = { readonly status: string; readonly text: string }

function overSize({ extensions, peer }: Session, { size }: QueueFile): Hopeless | null {
  const limit = Number(extensions.get('SIZE')?.[0] ?? 0)
  return limit > 0 && size > limit
    ? { status: '5.3.4', text: `message size ${size} exceeds size limit ${limit} of server ${peer.label}` }
    : null
}

/** A letter that cannot be told in ASCII, and a server that reads nothing else. RFC 6531 §3.1. */
function unreadable(input: TransactionInput): Hopeless | null {
  const { session } = input
  return input.utf8 === 'needed' && !session.extensions.has('SMTPUTF8')
    ? { status: '5.6.7', text: `SMTPUTF8 is required, but was not offered by host ${session.peer.label}` }
    : null
}

const bitsFor = ({ session, settings }: TransactionInput): 'as it is' | 'seven' =>
  settings.convertMime && !session.extensions.has('8BITMIME') ? 'seven' : 'as it is'

/** The server waits for the message, and there is none to give: nothing is left but to hang up. */
async function message(input: TransactionInput): Promise<Buffer> {
  try {
    return await input.wire(bitsFor(input))
  } catch (error) {
    if (!(error instanceof LocalDataError)) throw error
    throw new SessionFailed('4.3.0', `local data error while talking to ${input.session.peer.label}`)
  }
}

function mailParameters(input: TransactionInput): string {
  const { session, settings, queueFile } = input
  const { extensions } = session
  const { envelope, size } = queueFile
  const parameters: string[] = []
  if (extensions.has('SIZE') && bitsFor(input) === 'as it is') parameters.push(`SIZE=${size}`)
  if (extensions.has('8BITMIME') && envelope.body !== null) {
    parameters.push(`BODY=${envelope.body.toUpperCase()}`)
  }
  if (extensions.has('DSN')) {
    if (envelope.envid !== null) parameters.push(`ENVID=${encodeXtext(envelope.envid)}`)
    if (envelope.ret !== null) parameters.push(`RET=${envelope.ret.toUpperCase()}`)
  }
  if (extensions.has('SMTPUTF8') && envelope.smtputf8) parameters.push('SMTPUTF8')
  if (extensions.has('AUTH') && settings.sasl.enabled && settings.dummyMailAuth) parameters.push('AUTH=<>')
  return parameters.map((parameter) => ` ${parameter}`).join('')
}

function rcptParameters({ extensions }: Session, { orcpt, original, notify }: Recipient): string {
  if (!extensions.has('DSN')) return ''
  const address = orcpt ?? (original === '' ? '' : `rfc822;${quoteAddress(original)}`)
  const colon = address.indexOf(';') + 1
  const parameters: string[] = []
  if (address !== '') parameters.push(`ORCPT=${address.slice(0, colon)}${encodeXtext(address.slice(colon))}`)
  if (notify.length > 0) {
    const words = notifyWords.filter((word) => notify.includes(word))
    parameters.push(`NOTIFY=${words.join().toUpperCase()}`)
  }
  return parameters.map((parameter) => ` ${parameter}`).join('')
}

const notifyWords = ['never', 'success', 'failure', 'delay'] as const
