/**
 * Hands mail to a command that master.cf names, with the recipients and the sender as its arguments.
 *
 * pipe(8).
 */
import { asctime } from '#protocol/message/date.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { Machine } from '#engine/machine.ts'
import type { Addressing } from '../../addressing.ts'
import type { Agent, DeliveryRequest, DeliveryResult, Recipient } from '../../handover.ts'
import type { CommandRunner } from '../command.ts'
import { commandFailure } from '../command.ts'
import { deferred, delivered, failed } from '../results.ts'

export type PipeAgentInput = {
  readonly machine: Machine
  /** First column of master.cf: the transport. */
  readonly service: string
  /** What follows `pipe` in master.cf: `flags=DRhu`, `user=vmail`, `argv=…`. */
  readonly arguments: readonly string[]
  readonly addressing: () => Addressing
  readonly run: CommandRunner
}

export function createPipeAgent(input: PipeAgentInput): Agent {
  const { flags, words } = readArguments(input.arguments)
  const separately = words.some((word) =>
    /\$\{?(recipient|user|extension|mailbox|domain|original_recipient)\b/.test(word),
  )
  return {
    async deliver(request) {
      const content = await request.content()
      const groups =
        separately && flags.includes('D') ? request.recipients.map((one) => [one]) : [request.recipients]
      const results: DeliveryResult[] = []
      for (const recipients of groups) {
        results.push(...(await deliverGroup(input, request, recipients, flags, words, content)))
      }
      return results
    },
  }
}

function readArguments(args: readonly string[]): {
  readonly flags: string
  readonly words: readonly string[]
} {
  const at = args.findIndex((arg) => arg.startsWith('argv='))
  const flags = args.find((arg) => arg.startsWith('flags='))?.slice(6) ?? ''
  return { flags, words: at < 0 ? [] : [(args[at] ?? '').slice(5), ...args.slice(at + 1)] }
}

async function deliverGroup(
  input: PipeAgentInput,
  request: DeliveryRequest,
  recipients: readonly Recipient[],
  flags: string,
  words: readonly string[],
  message: Uint8Array,
): Promise<readonly DeliveryResult[]> {
  const { service, machine, run } = input
  const relay = { relay: service }
  const command = words.flatMap((word) => expandWord(word, request, recipients, flags, input)).join(' ')
  const stdin = Buffer.concat([
    Buffer.from(headerOf(request, recipients, flags, machine.clock.now())),
    message,
  ])
  const end = await run(command, stdin, {})
  return recipients.map((recipient) => {
    if (end === 'not found') {
      const text = `temporary failure. Command output: pipe: fatal: pipe_command: execvp ${words[0] ?? ''}: No such file or directory `
      return deferred(recipient, '4.3.0', text, relay)
    }
    const output = end.output.replace(/[\u0000-\u001f\u007f]+/g, ' ')
    if (end.exit === 0) {
      const text = `delivered via ${service} service${output === '' ? '' : ` (${output})`}`
      return delivered(recipient, text, relay)
    }
    const { status, text, diagnostic } = commandFailure(words[0] ?? '', end)
    return failed(recipient, status, text, { ...relay, diagnostic: { type: 'x-unix', text: diagnostic } })
  })
}

/** A word with a macro of recipients becomes one word for each of them. */
function expandWord(
  word: string,
  { nexthop, queueFile }: DeliveryRequest,
  recipients: readonly Recipient[],
  flags: string,
  { addressing }: PipeAgentInput,
): readonly string[] {
  const valuesOf = (recipient: Recipient | undefined): Readonly<Record<string, string>> => {
    const address = recipient?.address ?? ''
    const at = address.lastIndexOf('@')
    const local = at < 0 ? address : address.slice(0, at)
    const domain = address.slice(at + 1)
    const { user, extension } = addressing().splitExtension(flags.includes('u') ? local.toLowerCase() : local)
    return {
      sender: quoteAddress(queueFile.sender === '' ? 'MAILER-DAEMON' : queueFile.sender),
      recipient: quoteAddress(address),
      original_recipient: quoteAddress(recipient?.original ?? ''),
      nexthop: flags.includes('h') ? nexthop.toLowerCase() : nexthop,
      size: String(queueFile.size),
      queue_id: queueFile.queueId,
      user,
      mailbox: local,
      extension: extension ?? '',
      domain: flags.includes('h') ? domain.toLowerCase() : domain,
    }
  }
  const fill = (recipient: Recipient | undefined) => {
    const values = valuesOf(recipient)
    return word.replace(/\$\{(\w+)\}|\$(\w+)/g, (_, braced?: string, bare?: string) => {
      const value = values[braced ?? bare ?? ''] ?? ''
      return /[\s;&|<>$`'"\\]/.test(value) ? `'${value.replaceAll("'", '')}'` : value
    })
  }
  const perRecipient = /\$\{?(recipient|user|extension|mailbox|domain|original_recipient)\b/.test(word)
  return perRecipient ? recipients.map(fill) : [fill(recipients[0])]
}

function headerOf(
  { queueFile }: DeliveryRequest,
  recipients: readonly Recipient[],
  flags: string,
  now: number,
): string {
  const [first] = recipients
  const sender = quoteAddress(queueFile.sender)
  return [
    flags.includes('F') ? `From ${sender === '' ? 'MAILER-DAEMON' : sender}  ${asctime(now)}\n` : '',
    flags.includes('R') ? `Return-Path: <${sender}>\n` : '',
    flags.includes('O') && first ? `X-Original-To: ${quoteAddress(first.original)}\n` : '',
    flags.includes('D') && first ? `Delivered-To: ${quoteAddress(first.address)}\n` : '',
  ].join('')
}
