/**
 * Hands mail to a command that master.cf names, with the recipients and the sender as its arguments.
 *
 * pipe(8).
 */
import type { Machine } from '#engine/machine.ts'
import { asctime } from '#protocol/message/date.ts'
import { headerEnd, headerValue, readFields } from '#protocol/message/header.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { Addressing } from '../../addressing.ts'
import { bytesAsText, textAsBytes } from '../../content/text.ts'
import type { Agent, DeliveryRequest, DeliveryResult, Recipient } from '../../handover.ts'
import type { CommandEnd, CommandRunner } from '../command.ts'
import { commandFailure } from '../command.ts'
import { crashed } from '../broken.ts'
import { bounced, deferred, delivered, failed } from '../results.ts'
import { expandArguments } from './arguments.ts'
import { readAttributes, type PipeAttributes } from './attributes.ts'

export type PipeAgentInput = {
  readonly machine: Machine
  /** First column of master.cf: the transport. */
  readonly service: string
  /** What follows `pipe` in master.cf: `flags=DRhu`, `user=vmail`, `argv=…`. */
  readonly arguments: readonly string[]
  /** transport_destination_recipient_limit. */
  readonly recipientLimit: number
  /** transport_time_limit, milliseconds. */
  readonly timeLimit: number
  /** export_environment. */
  readonly environment: Readonly<Record<string, string>>
  readonly addressing: () => Addressing
  readonly run: CommandRunner
}

export function createPipeAgent(input: PipeAgentInput): Agent {
  const { machine, service, recipientLimit } = input
  const log = (level: 'warning' | 'fatal', text: string) =>
    machine.emit({ type: 'daemon.logged', daemon: 'pipe', level, text })
  return {
    async deliver(request) {
      const { recipients } = request
      const attributes = await readAttributes(input.arguments, machine)
      if (typeof attributes === 'string') {
        log('fatal', attributes)
        return recipients.map((recipient) => crashed(recipient))
      }
      const misconfigured = (warning: string) => {
        log('warning', warning)
        return recipients.map((recipient) =>
          deferred(recipient, '4.3.5', 'mail system configuration error', { relay: service }),
        )
      }
      for (const flag of ['D', 'O']) {
        if (!attributes.flags.has(flag) || recipientLimit === 1) continue
        if (recipients.length > 1) {
          return misconfigured(`pipe flag \`${flag}' requires ${service}_destination_recipient_limit = 1`)
        }
      }
      const words = expandArguments(attributes, request, recipients, input.addressing())
      if ('problem' in words) return misconfigured(words.problem)
      return deliver(input, request, attributes, words)
    },
  }
}

async function deliver(
  { machine, service, timeLimit, environment, run }: PipeAgentInput,
  request: DeliveryRequest,
  attributes: PipeAttributes,
  words: readonly string[],
): Promise<readonly DeliveryResult[]> {
  const { recipients } = request
  const relay = { relay: service }
  const message = await request.content()
  if (attributes.sizeLimit !== null && request.queueFile.size > attributes.sizeLimit) {
    return recipients.map((recipient) => bounced(recipient, '5.2.3', 'message too large', relay))
  }
  const [first] = recipients
  if (first && attributes.flags.has('D') && hasDeliveredTo(message, first.address)) {
    const text = `mail forwarding loop for ${quoteAddress(first.address)}`
    return [bounced(first, '5.4.6', text, relay)]
  }
  const stdin = copyOf(request, attributes, message, machine.clock.now())
  const own = attributes.directory === null ? {} : { PWD: attributes.directory }
  const end: CommandEnd = attributes.chroot
    ? { kind: 'not found', name: words[0] ?? '', shell: false }
    : await run(words, stdin, { environment: { ...environment, ...own }, timeLimit })
  return recipients.map((recipient) => resultOf(recipient, end, service, words[0] ?? '', attributes))
}

function resultOf(
  recipient: Recipient,
  end: CommandEnd,
  service: string,
  command: string,
  attributes: PipeAttributes,
): DeliveryResult {
  const relay = { relay: service }
  if (end.kind === 'exited' && end.exit === 0) {
    const output = printable(end.output).slice(0, 100).trim()
    const text = `delivered via ${service} service${output === '' ? '' : ` (${output})`}`
    const result = delivered(recipient, text, relay)
    // Unless it says so, a command only passes mail on.
    return attributes.flags.has('X') ? result : { ...result, outcome: 'relayed' }
  }
  const { status, text, diagnostic } = commandFailure('pipe', command, end)
  return failed(recipient, status, text, {
    ...relay,
    ...(diagnostic === null ? {} : { diagnostic: { type: 'x-unix', text: diagnostic } }),
  })
}

const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f]/g, ' ')

function hasDeliveredTo(message: Uint8Array, address: string): boolean {
  const header = bytesAsText(message.subarray(0, headerEnd(message)))
  return readFields(header).some(
    (field) =>
      field.name.toLowerCase() === 'delivered-to' &&
      headerValue(field).toLowerCase() === quoteAddress(address).toLowerCase(),
  )
}

/** What the command reads: the fields that flags ask for above the message, and line ends as it wants them. */
function copyOf(
  { queueFile, recipients }: DeliveryRequest,
  { flags, nullSender, eol }: PipeAttributes,
  message: Uint8Array,
  now: number,
): Uint8Array {
  const [first] = recipients
  const sender = quoteAddress(queueFile.sender)
  const header = [
    flags.has('F') ? `From ${sender === '' ? nullSender : sender}  ${asctime(now)}\n` : '',
    flags.has('R') ? `Return-Path: <${sender}>\n` : '',
    flags.has('O') && first ? `X-Original-To: ${quoteAddress(first.original)}\n` : '',
    flags.has('D') && first ? `Delivered-To: ${quoteAddress(first.address)}\n` : '',
  ].join('')
  const end = flags.has('B') ? '\n' : ''
  if (!flags.has('.') && !flags.has('>') && eol === '\n') {
    return Buffer.concat([Buffer.from(header), message, Buffer.from(end)])
  }
  let text = bytesAsText(message)
  if (flags.has('.')) text = text.replace(/^\./gm, '..')
  if (flags.has('>')) text = text.replace(/^From /gm, '>From ')
  return textAsBytes((Buffer.from(header).toString('latin1') + text + end).replaceAll('\n', eol))
}
