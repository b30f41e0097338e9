/**
 * Tells senders what became of their mail: a report for failures, for delays, and for successes they asked to hear
 * of. A report is a new submission with the null reverse-path, so nothing ever bounces to it; one that cannot be
 * delivered ends as a double bounce at the postmaster.
 *
 * bounce(8), bounce(5); RFC 3461 §6, RFC 3464.
 */
import type { Machine } from '#engine/machine.ts'
import type { Settings } from '#config/settings.ts'
import type { ReportKind } from '#protocol/dsn/templates.ts'
import { writeReport, type ReportedRecipient } from '#protocol/dsn/report.ts'
import { mailDate } from '#protocol/message/date.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import { headerEnd } from '#protocol/message/header.ts'
import type { Cleanup, DeliveryResult, QueueFile, Recipient } from '../handover.ts'
import type { Bounce, Told } from '../reporting.ts'
import { textOf } from './texts.ts'

export type BounceInput = {
  readonly machine: Machine
  readonly settings: () => Settings
  readonly cleanup: () => Cleanup
  /** `alice` → `alice@$myorigin`. */
  readonly complete: (address: string) => string
  /** Null when the message is gone. */
  readonly content: (queueId: string) => Promise<Uint8Array | null>
}

type Letter = {
  readonly kind: ReportKind
  readonly to: string
  readonly from: 'null' | 'double-bounce'
  readonly part: 'message' | 'header'
  readonly postmaster: boolean
  readonly fact: 'failure' | 'delay' | 'success' | 'double' | 'notice'
  readonly logged: string
}

export function createBounce(input: BounceInput): Bounce {
  const notifies = (name: string) =>
    input
      .settings()
      .list('notify_classes')
      .some((word) => word.toLowerCase() === name)
  const send = (letter: Letter, queueFile: QueueFile, results: readonly DeliveryResult[]) =>
    results.length === 0 ? Promise.resolve<Told>('told') : sendReport(input, letter, queueFile, results)
  const postmaster = (name: string) => input.settings().text(name)

  return {
    async failed(queueFile, results, owner) {
      const settings = input.settings()
      if (isDoubleBounce(queueFile.sender, settings, input.complete)) {
        logged(input.machine, queueFile.queueId, 'warning', 'undeliverable postmaster notification discarded')
        return 'told'
      }
      if (queueFile.sender === '' && owner === undefined) {
        if (!notifies('2bounce')) return 'told'
        return send(
          {
            kind: 'failure',
            to: postmaster('2bounce_notice_recipient'),
            from: 'double-bounce',
            part: 'message',
            postmaster: true,
            fact: 'double',
            logged: 'postmaster non-delivery notification',
          },
          queueFile,
          results,
        )
      }
      const told = await send(
        {
          kind: 'failure',
          to: owner ?? queueFile.sender,
          from: 'null',
          part: queueFile.envelope.ret === 'hdrs' ? 'header' : 'message',
          postmaster: false,
          fact: 'failure',
          logged: 'sender non-delivery notification',
        },
        queueFile,
        results.filter(({ recipient }) => wants(recipient, 'failure')),
      )
      if (told === 'refused' || !notifies('bounce')) return told
      return send(
        {
          kind: 'failure',
          to: postmaster('bounce_notice_recipient'),
          from: 'double-bounce',
          part: 'header',
          postmaster: true,
          fact: 'notice',
          logged: 'postmaster non-delivery notification',
        },
        queueFile,
        results,
      )
    },
    async delayed(queueFile, results) {
      if (queueFile.sender === '') return
      await send(
        {
          kind: 'delay',
          to: queueFile.sender,
          from: 'null',
          part: 'header',
          postmaster: false,
          fact: 'delay',
          logged: 'sender delay notification',
        },
        queueFile,
        results.filter(({ recipient }) => wants(recipient, 'delay')),
      )
      if (!notifies('delay')) return
      await send(
        {
          kind: 'delay',
          to: postmaster('delay_notice_recipient'),
          from: 'double-bounce',
          part: 'header',
          postmaster: true,
          fact: 'notice',
          logged: 'postmaster delay notification',
        },
        queueFile,
        results,
      )
    },
    async succeeded(queueFile, results) {
      if (queueFile.sender === '') return 'told'
      return send(
        {
          kind: 'success',
          to: queueFile.sender,
          from: 'null',
          part: 'header',
          postmaster: false,
          fact: 'success',
          logged: 'sender delivery status notification',
        },
        queueFile,
        results.filter(({ recipient }) => recipient.notify.includes('success')),
      )
    },
    async verified(queueFile, results) {
      if (queueFile.sender === '') return
      await send(
        {
          kind: 'verify',
          to: queueFile.sender,
          from: 'null',
          part: 'header',
          postmaster: false,
          fact: 'success',
          logged: 'sender delivery status notification',
        },
        queueFile,
        results,
      )
    },
  }
}

/** Nothing said means failures and delays. RFC 3461 §4.1. */
const wants = ({ notify }: Recipient, when: 'failure' | 'delay'): boolean =>
  notify.length === 0 || notify.includes(when)

function isDoubleBounce(sender: string, settings: Settings, complete: (address: string) => string): boolean {
  return (
    sender !== '' && sender.toLowerCase() === complete(settings.text('double_bounce_sender')).toLowerCase()
  )
}

async function sendReport(
  input: BounceInput,
  letter: Letter,
  queueFile: QueueFile,
  results: readonly DeliveryResult[],
): Promise<Told> {
  const { machine, complete } = input
  const settings = input.settings()
  const now = machine.clock.now()
  const hostname = settings.text('myhostname')
  const said = await textOf(letter.kind, machine, settings)
  if (said === null) return 'told'
  const { template, lines } = said
  const cleanup = input.cleanup()
  const queueId = cleanup.newQueueId()
  const sender = quoteAddress(queueFile.sender === '' ? complete('MAILER-DAEMON') : queueFile.sender)
  const content = (await input.content(queueFile.queueId)) ?? new Uint8Array()
  const part = returnedPart(letter.part, content, settings)
  const { head, tail } = writeReport({
    hostname,
    mailName: settings.text('mail_name'),
    boundary: `${queueFile.queueId}.${String(Math.floor(now / 1000))}/${hostname}`,
    from: template.from,
    to: quoteAddress(letter.to),
    subject: letter.postmaster ? template.postmasterSubject : template.subject,
    autoSubmitted: letter.postmaster ? 'auto-generated' : 'auto-replied',
    date: now,
    text: letter.postmaster ? [] : lines,
    recipients: results.map((result) => reported(result, letter.kind, settings.text('mail_name'))),
    envid: queueFile.envelope.envid,
    queueId: queueFile.queueId,
    sender,
    arrivedAt: queueFile.arrivedAt,
    retryUntil:
      letter.kind === 'delay' ? queueFile.arrivedAt + settings.time('maximal_queue_lifetime') : null,
    smtputf8: queueFile.envelope.smtputf8,
    returned: {
      description: descriptions[letter.kind][part.kind],
      part: part.kind,
      returnPath: sender,
    },
  })
  const result = await cleanup.submit({
    queueId,
    origin: { kind: 'bounce', of: queueFile.queueId },
    sender: letter.from === 'null' ? '' : settings.text('double_bounce_sender'),
    recipients: [{ address: letter.to, original: letter.to, notify: ['never'], orcpt: null }],
    envelope: {
      envid: null,
      ret: null,
      body: '8bitmime',
      smtputf8: queueFile.envelope.smtputf8,
      verp: null,
    },
    trace: `Received: by ${hostname} (${settings.text('mail_name')})\n\tid ${queueId}; ${mailDate(now)}\n`,
    content: Buffer.concat([Buffer.from(head), part.bytes, Buffer.from(tail)]),
    actions: [],
    arrivedAt: now,
    options: [],
  })
  if (result.kind !== 'queued') return result.kind === 'refused' ? 'refused' : 'told'
  logged(machine, queueFile.queueId, 'info', `${letter.logged}: ${queueId}`)
  machine.emit({ type: 'bounce.created', queueId: queueFile.queueId, report: queueId, kind: letter.fact })
  return 'told'
}

const descriptions: Readonly<Record<ReportKind, { readonly message: string; readonly header: string }>> = {
  failure: { message: 'Undelivered Message', header: 'Undelivered Message Headers' },
  delay: { message: 'Undelivered Message', header: 'Undelivered Message Headers' },
  success: { message: 'Message', header: 'Message Headers' },
  verify: { message: 'Message', header: 'Message Headers' },
}

function returnedPart(
  part: 'message' | 'header',
  content: Uint8Array,
  settings: Settings,
): { readonly kind: 'message' | 'header'; readonly bytes: Uint8Array } {
  if (part === 'header') return { kind: 'header', bytes: content.subarray(0, headerEnd(content)) }
  const limit = settings.number('bounce_size_limit')
  if (limit === 0 || content.length <= limit) return { kind: 'message', bytes: content }
  return { kind: 'header', bytes: content.subarray(0, headerEnd(content)) }
}

const actions: Readonly<Record<DeliveryResult['outcome'], ReportedRecipient['action']>> = {
  sent: 'delivered',
  delivered: 'delivered',
  relayed: 'relayed',
  expanded: 'expanded',
  bounced: 'failed',
  deferred: 'delayed',
  undeliverable: 'undeliverable',
  deliverable: 'deliverable',
}

function reported(result: DeliveryResult, kind: ReportKind, mailName: string): ReportedRecipient {
  const { recipient, diagnostic } = result
  const ours = diagnostic === null || diagnostic.type === 'x-postfix'
  const delivered = kind === 'success' || kind === 'verify'
  const reason =
    delivered && result.relay !== 'none' ? `delivery via ${result.relay}: ${result.text}` : result.text
  return {
    address: quoteAddress(recipient.address),
    original: quoteAddress(recipient.original),
    orcpt: recipient.orcpt,
    action: kind === 'failure' ? 'failed' : kind === 'delay' ? 'delayed' : actions[result.outcome],
    status: result.status,
    remoteMta: result.remoteMta,
    diagnosticType: ours ? `X-${mailName}` : diagnostic.type,
    diagnostic: ours ? reason : diagnostic.text,
    reason,
  }
}

function logged(machine: Machine, queueId: string, level: 'info' | 'warning', text: string): void {
  machine.emit({ type: 'daemon.logged', daemon: 'bounce', level, text, queueId })
}
