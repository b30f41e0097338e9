/** The arguments of a piped command, with what is known of the mail filled in. pipe(8), "COMMAND ATTRIBUTE SYNTAX". */
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { Addressing } from '../../addressing.ts'
import type { DeliveryRequest, Recipient } from '../../handover.ts'
import type { PipeAttributes } from './attributes.ts'

const perRecipient = /\$[{(]?(recipient|user|extension|mailbox|domain|original_recipient)\b/
const macro = /\$(?:\{(\w+)\}|\((\w+)\)|(\w+)|(\$))?/g

/** A word with a macro of recipients becomes one word for each of them. `problem`: of a macro that nobody knows. */
export function expandArguments(
  attributes: PipeAttributes,
  request: DeliveryRequest,
  recipients: readonly Recipient[],
  addressing: Addressing,
): readonly string[] | { readonly problem: string } {
  const problems: string[] = []
  const fill = (word: string, recipient: Recipient | undefined) => {
    const values = valuesOf(attributes, request, recipient, addressing)
    return word.replace(macro, (_, braced?: string, round?: string, bare?: string, dollar?: string) => {
      if (dollar !== undefined) return '$'
      const name = braced ?? round ?? bare
      if (name === undefined) {
        problems.push(`empty macro name: "${word}"`)
        return ''
      }
      const value = values.get(name)
      if (value === undefined) problems.push(unknownMacro(request.transport, name))
      return value ?? ''
    })
  }
  const words = attributes.argv.flatMap((word) =>
    perRecipient.test(word)
      ? recipients.map((recipient) => fill(word, recipient))
      : [fill(word, recipients[0])],
  )
  const [problem] = problems
  return problem === undefined ? words : { problem }
}

const unknownMacro = (service: string, name: string): string =>
  `file /etc/postfix/master.cf: service ${service}: unknown macro name: "${name}"`

function valuesOf(
  { flags, nullSender }: PipeAttributes,
  { queueFile, nexthop }: DeliveryRequest,
  recipient: Recipient | undefined,
  addressing: Addressing,
): ReadonlyMap<string, string> {
  const { origin, sender } = queueFile
  const quoted = (address: string) => (flags.has('q') ? quoteAddress(address) : address)
  const folded = (address: string) => foldCase(address, flags)
  const address = folded(recipient?.address ?? '')
  const at = address.lastIndexOf('@')
  const mailbox = at < 0 ? address : address.slice(0, at)
  const { user, extension } = addressing.splitExtension(mailbox)
  const client = origin.kind === 'smtpd' ? origin : null
  return new Map([
    ['client_address', client?.client.address ?? ''],
    ['client_helo', client?.helo ?? ''],
    ['client_hostname', client?.client.name ?? ''],
    ['client_port', client === null ? '' : String(client.client.port)],
    ['client_protocol', client?.protocol ?? ''],
    ['domain', at < 0 ? '' : address.slice(at + 1)],
    ['extension', extension ?? ''],
    ['mailbox', mailbox],
    ['nexthop', flags.has('h') ? nexthop.toLowerCase() : nexthop],
    ['original_recipient', quoted(folded(recipient?.original ?? ''))],
    ['queue_id', queueFile.queueId],
    ['recipient', quoted(address)],
    ['sasl_method', client?.sasl?.method ?? ''],
    ['sasl_sender', client?.sasl?.sender ?? ''],
    ['sasl_username', client?.sasl?.username ?? ''],
    ['sender', sender === '' ? nullSender : quoted(sender)],
    ['size', String(queueFile.size)],
    ['user', user],
  ])
}

function foldCase(address: string, flags: ReadonlySet<string>): string {
  const at = address.lastIndexOf('@')
  const local = at < 0 ? address : address.slice(0, at)
  const domain = at < 0 ? '' : address.slice(at)
  return (flags.has('u') ? local.toLowerCase() : local) + (flags.has('h') ? domain.toLowerCase() : domain)
}
