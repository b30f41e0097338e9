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
import type { ServerReply } from './dialogue.ts'
import type { Session } from './session.ts'
import { enhancedStatus, SessionFailed } from './session.ts'
import type { ClientSettings } from './settings.ts'

export type TransactionInput = {
  readonly session: Session
  readonly settings: ClientSettings
  readonly queueFile: QueueFile
  readonly sender: string
  readonly recipients: readonly Recipient[]
  /** As the server is told it; the recipient itself unless generic maps say otherwise. */
  readonly addressOf: (recipient: Recipient) => string
  /** The message in wire form, the final dot included. */
  readonly wire: () => Promise<Buffer>
  readonly connectedAt: number
  /** `recipients`: end after RCPT, for verify(8). */
  readonly extent: 'recipients' | 'message'
}

/** A kept connection turned out to be closed: nothing was said on it yet. */
export class StaleSession extends Error {}

/** What became of each recipient. Rejects with SessionFailed when the connection breaks: then of none that was accepted. */
export async function transact(input: TransactionInput): Promise<readonly DeliveryResult[]> {
  const { session, settings, queueFile, recipients } = input
  const { timeouts } = settings
  const tooLarge = overSize(session, queueFile)
  if (tooLarge !== null)
    return recipients.map((recipient) => failed(recipient, '5.3.4', tooLarge, about(input)))
  if (queueFile.envelope.smtputf8 && needsUtf8(input) && !session.extensions.has('SMTPUTF8')) {
    const text = `SMTPUTF8 is required, but was not offered by host ${session.peer.label}`
    return recipients.map((recipient) => failed(recipient, '5.6.7', text, about(input)))
  }

  const probing = input.extent === 'recipients'
  const mail = `MAIL FROM:<${quoteAddress(input.sender)}>${mailParameters(session, queueFile)}\r\n`
  const rcpts = recipients.map(
    (recipient) =>
      `RCPT TO:<${quoteAddress(input.addressOf(recipient))}>${rcptParameters(session, recipient)}\r\n`,
  )
  const reset = session.uses > 0 ? 'RSET\r\n' : ''
  session.uses++
  const pipelined = session.extensions.has('PIPELINING') && !probing
  session.dialogue.send(pipelined ? `${reset}${mail}${rcpts.join('')}DATA\r\n` : reset || mail)
  if (reset !== '') {
    const alive = await session.dialogue.reply(timeouts.reset).catch(() => null)
    if (alive === null || alive.code >= 400) throw new StaleSession()
    if (!pipelined) session.dialogue.send(mail)
  }

  const results: DeliveryResult[] = []
  const mailReply = await session.expect('sending MAIL FROM', timeouts.mail)
  const mailRefused = mailReply.code >= 400
  session.step({ type: mailRefused ? 'mail-refused' : 'mail-ok' })
  if (mailRefused) {
    results.push(...recipients.map((recipient) => said(input, recipient, mailReply, 'MAIL FROM')))
    if (!pipelined) return finish(session, results, input)
  }

  const accepted: Recipient[] = []
  for (const [i, recipient] of recipients.entries()) {
    if (!pipelined) session.dialogue.send(rcpts[i] ?? '')
    const reply = await session.expect('sending RCPT TO', timeouts.recipient)
    if (mailRefused) continue
    session.step({ type: reply.code < 400 ? 'recipient-ok' : 'recipient-refused' })
    if (reply.code < 400 && probing) results.push(passedOn(input, recipient, reply))
    else if (reply.code < 400) accepted.push(recipient)
    else results.push(said(input, recipient, reply, 'RCPT TO'))
  }
  if (accepted.length === 0 && !pipelined) return finish(session, results, input)

  if (!pipelined) session.dialogue.send('DATA\r\n')
  const go = await session.expect('sending DATA command', timeouts.dataInit)
  if (accepted.length === 0) {
    // The server took DATA with nobody to deliver to: an empty message ends it.
    if (go.code < 400) {
      session.dialogue.send('.\r\n')
      await session.expect('sending end of data', timeouts.dataDone)
    }
    return finish(session, results, input)
  }
  if (go.code >= 400) {
    session.step({ type: 'data-refused' })
    results.push(...accepted.map((recipient) => said(input, recipient, go, 'DATA')))
    return finish(session, results, input)
  }
  session.step({ type: 'data-go' })
  session.dialogue.sendMessage(await input.wire())
  session.step({ type: 'message-sent' })
  results.push(...(await outcomes(input, accepted)))
  return results
}

async function outcomes(
  input: TransactionInput,
  accepted: readonly Recipient[],
): Promise<readonly DeliveryResult[]> {
  const { session, settings } = input
  const results: DeliveryResult[] = []
  let reply: ServerReply | null = null
  for (const recipient of accepted) {
    if (reply === null || settings.protocol === 'lmtp') {
      reply = await session.expect(
        'sending end of data -- message may be sent more than once',
        settings.timeouts.dataDone,
      )
      session.step({ type: reply.code < 400 ? 'delivered' : 'refused' })
    }
    results.push(
      reply.code < 400 ? passedOn(input, recipient, reply) : said(input, recipient, reply, 'end of DATA'),
    )
  }
  return results
}

/** A transaction that came to nothing: the session is made ready for another. */
async function finish(
  session: Session,
  results: readonly DeliveryResult[],
  { settings }: TransactionInput,
): Promise<readonly DeliveryResult[]> {
  session.dialogue.send('RSET\r\n')
  try {
    await session.expect('sending final RSET', settings.timeouts.reset)
    session.step({ type: 'reset-ok' })
  } catch (error) {
    if (!(error instanceof SessionFailed)) throw error
  }
  return results
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
  return failed(recipient, enhancedStatus(reply), text, {
    ...about(input),
    diagnostic: { type: 'smtp', text: reply.text },
  })
}

/** A server that knows DSN reports itself; of another, the sender is told only that it took the message. */
function passedOn(input: TransactionInput, recipient: Recipient, reply: ServerReply): DeliveryResult {
  return {
    recipient,
    outcome: input.session.extensions.has('DSN') ? 'sent' : 'relayed',
    status: enhancedStatus(reply),
    text: reply.text,
    diagnostic: { type: 'smtp', text: reply.text },
    ...about(input),
  }
}

function overSize(session: Session, queueFile: QueueFile): string | null {
  const limit = Number(session.extensions.get('SIZE')?.[0] ?? 0)
  return limit > 0 && queueFile.size > limit
    ? `message size ${queueFile.size} exceeds size limit ${limit} of server ${session.peer.label}`
    : null
}

function mailParameters({ extensions }: Session, { envelope, size }: QueueFile): string {
  const parameters: string[] = []
  if (extensions.has('SIZE')) parameters.push(`SIZE=${size}`)
  if (extensions.has('8BITMIME') && envelope.body !== null) {
    parameters.push(`BODY=${envelope.body.toUpperCase()}`)
  }
  if (extensions.has('SMTPUTF8') && envelope.smtputf8) parameters.push('SMTPUTF8')
  if (extensions.has('DSN')) {
    if (envelope.envid !== null) parameters.push(`ENVID=${encodeXtext(envelope.envid)}`)
    if (envelope.ret !== null) parameters.push(`RET=${envelope.ret.toUpperCase()}`)
  }
  return parameters.map((parameter) => ` ${parameter}`).join('')
}

function rcptParameters({ extensions }: Session, { orcpt, original, notify }: Recipient): string {
  if (!extensions.has('DSN')) return ''
  const [, type = 'rfc822', address = original] = /^([^;]*);(.*)$/s.exec(orcpt ?? '') ?? []
  const parameters: string[] = []
  if (address !== '') parameters.push(`ORCPT=${type};${encodeXtext(quoteAddress(address))}`)
  if (notify.length > 0) parameters.push(`NOTIFY=${notify.join().toUpperCase()}`)
  return parameters.map((parameter) => ` ${parameter}`).join('')
}

const needsUtf8 = ({ sender, recipients, addressOf }: TransactionInput): boolean =>
  [sender, ...recipients.map(addressOf)].some((address) => /[^\u0000-\u007f]/.test(address))
