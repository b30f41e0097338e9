/**
 * Cleanup takes every message, wherever it came from, and makes a queue file of it: header complete, addresses
 * rewritten, aliases expanded, each recipient once; synced to disk before anyone hears that it was accepted.
 *
 * cleanup(8).
 * Next: engine/mta/qmgr/qmgr.ts
 */
import type { Machine } from '#engine/machine.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { Addressing, RewriteContext } from '../addressing.ts'
import { ExpansionRefused, MappingUnavailable } from '../addressing.ts'
import type { Cleanup, CleanupResult, Origin, QueueFile, Recipient, Submission } from '../handover.ts'
import type { MessageQueue } from '../message-queue.ts'
import type { CheckLog, Decisions } from '../content/content-checks.ts'
import { noDecisions } from '../content/content-checks.ts'
import type { AddressRewriting } from '../content/header-rewriting.ts'
import type { CleanedMessage } from './message.ts'
import { cleanMessage } from './message.ts'
import { queueFileProblem } from './queue-file-size.ts'
import { RecipientList } from './recipients.ts'
import type { CleanupSettings } from './settings.ts'
import { recordedSize } from './size.ts'
import { bytesAsText, fromBytes, printable } from '../content/text.ts'

export type CleanupInput = {
  readonly machine: Machine
  readonly queue: Pick<MessageQueue, 'newQueueId' | 'create' | 'remove'>
  readonly settings: () => CleanupSettings
  readonly addressing: () => Addressing
  /** Tells the queue manager that there is something in the incoming queue. */
  readonly arrived: (queueId: string) => void
  /** Sends mail back whose content is refused, when nobody waits for the answer. */
  readonly returned: (queueFile: QueueFile, reply: Reply) => Promise<void>
  /** Tells the sender that an address was expanded to several: NOTIFY=SUCCESS. */
  readonly expanded: (queueFile: QueueFile, recipients: readonly Recipient[]) => void
}

export function createCleanup(input: CleanupInput): Cleanup {
  const { machine, queue } = input
  return {
    newQueueId: () => queue.newQueueId(),
    async submit(submission) {
      const release = machine.clock.hold()
      try {
        return await clean(submission, input)
      } catch (error) {
        if (!(error instanceof MappingUnavailable)) throw error
        logged(
          machine,
          submission.queueId,
          'warning',
          `${error.message} -- message not accepted, try again later`,
        )
        return {
          kind: 'refused',
          queueId: submission.queueId,
          ...(error instanceof ExpansionRefused ? expansionError : writeError),
        }
      } finally {
        release()
      }
    },
  }
}

const expansionError = { reply: reply(451, '4.6.0', 'Alias expansion error'), trouble: 'policy' } as const
const writeError = {
  reply: reply(451, '4.3.0', 'Error: queue file write error'),
  trouble: 'resource',
} as const

async function clean(submission: Submission, input: CleanupInput): Promise<CleanupResult> {
  const { machine, queue } = input
  const { queueId, origin } = submission
  const settings = input.settings()
  const addressing = input.addressing()
  const external = origin.kind === 'smtpd' || origin.kind === 'pickup'
  const mapped = !submission.options.includes('no_address_mappings')
  const checked = external
    ? !submission.options.includes('no_header_body_checks')
    : (origin.kind === 'bounce' || origin.kind === 'notify') &&
      settings.internalFilterClasses.includes(origin.kind)
  const context = await headerContext(origin, addressing)
  const decisions = decisionsOf(submission, checked)

  const sender = await cleanSender(submission, addressing, mapped, machine)
  const list = new RecipientList({
    queueId,
    addressing,
    emit: machine.emit,
    settings: {
      mapped,
      namesOriginal: origin.kind === 'pickup',
      enableOriginalRecipient: settings.enableOriginalRecipient,
      duplicateLimit: settings.duplicateLimit,
    },
  })
  const lastRecipient = await addRecipients(submission, sender, list, { settings, addressing, external })

  const cleaned = await cleanMessage({
    message: {
      queueId,
      trace: prepended(submission) + submission.trace,
      content: submission.content,
      sender,
      fullName: origin.kind === 'pickup' ? await fullNameOf(machine, origin.user) : '',
      arrivedAt: submission.arrivedAt,
      fromLine: origin.kind === 'pickup' ? 'drop' : 'keep as a field',
    },
    settings: {
      ...settings.message,
      addsMissingHeaders: context !== null || settings.alwaysAddsMissingHeaders,
    },
    checks: settings.checks,
    rewriting: headerRewriting(context, mapped, addressing, machine, queueId),
    decisions,
    log: checkLog(machine, submission, sender, lastRecipient),
    afterRefusal: origin.kind === 'pickup' ? 'read on' : 'stop',
  })
  if (cleaned.resentMessageId !== null) {
    logged(machine, queueId, 'info', `resent-message-id=${cleaned.resentMessageId}`)
  }
  const { refused } = decisions
  // Who left mail in the maildrop waits for no answer: it is sent back instead.
  const returned = refused !== null && origin.kind === 'pickup' && refused.reply.code >= 500
  if (refused !== null && !returned) {
    if (cleaned.messageId !== '') {
      logged(machine, queueId, 'info', `message-id=${fromBytes(cleaned.messageId)}`)
    }
    return { kind: 'refused', queueId, ...refused }
  }
  for (const to of decisions.bcc) await list.add(bcc(to))
  const recipients = redirected(list.recipients, decisions.redirect)
  if (decisions.discard) return { kind: 'discarded', queueId }
  if (recipients.length === 0) {
    const nobody = reply(550, '5.1.0', 'Error: no recipients specified')
    return { kind: 'refused', queueId, reply: nobody, trouble: 'policy' }
  }

  const queueFile: QueueFile = {
    queueId,
    origin,
    sender,
    recipients,
    envelope: cleaned.eightBit ? { ...submission.envelope, body: '8bitmime' } : submission.envelope,
    filter: filterOf(decisions, submission, settings, external),
    arrivedAt: submission.arrivedAt,
    size: recordedSize(cleaned.content, settings.lineLengthLimit),
    messageId: fromBytes(cleaned.messageId),
    warned: false,
    nextAttemptAt: null,
    reasons: [],
  }
  announce(machine, queueFile, cleaned)
  const tooLarge = queueFileProblem(machine, queueFile, settings.fileSizeLimit)
  if (tooLarge !== null) return { kind: 'refused', queueId, ...tooLarge }
  if (returned) {
    await queue.create('incoming', queueFile, cleaned.content)
    await input.returned(queueFile, refused.reply)
    await queue.remove(queueId, 'cleanup')
    return { kind: 'discarded', queueId }
  }
  await queue.create(decisions.hold ? 'hold' : 'incoming', queueFile, cleaned.content)
  if (list.expanded.length > 0) input.expanded(queueFile, list.expanded)
  if (!decisions.hold) input.arrived(queueId)
  return { kind: 'queued', queueId, size: queueFile.size }
}

async function headerContext(origin: Origin, addressing: Addressing): Promise<RewriteContext> {
  if (origin.kind === 'forward' && origin.first) return headerContext(origin.first, addressing)
  if (origin.kind !== 'smtpd') return 'local'
  const { socket, address, source } = origin.trusted ?? {
    ...origin.client,
    socket: origin.client.address,
    source: null,
  }
  if (source === 'local') return 'local'
  if (source === 'remote') return addressing.headerContext({ address: '', socket: '', authenticated: false })
  return addressing.headerContext({
    address,
    socket,
    authenticated: origin.sasl !== null,
  })
}

function headerRewriting(
  context: RewriteContext,
  mapped: boolean,
  addressing: Addressing,
  { emit }: Machine,
  queueId: string,
): AddressRewriting | null {
  if (context === null) return null
  return async (address, place) => {
    const completed = addressing.rewrite(address, context)
    if (!mapped) return completed
    const result = await addressing.canonical(completed, place)
    if (result.by !== null && result.address !== completed) {
      const { address: to, by } = result
      emit({ type: 'cleanup.rewritten', queueId, what: 'header', from: completed, to: [to], by })
    }
    return result.address
  }
}

/** What smtpd's access tables asked for, before the content has its say. */
function decisionsOf(submission: Submission, checked: boolean): Decisions {
  const decisions = noDecisions()
  decisions.finished = !checked
  for (const action of submission.actions) {
    switch (action.kind) {
      case 'hold':
        decisions.hold = true
        break
      case 'discard':
        decisions.discard = true
        break
      case 'redirect':
        decisions.redirect = action.to
        break
      case 'filter':
        decisions.filter = action.transport
        break
      case 'bcc':
        decisions.bcc.push(action.to)
        break
      case 'prepend':
        break
      default:
        action satisfies never
    }
  }
  return decisions
}

const prepended = ({ actions }: Submission): string =>
  actions.map((action) => (action.kind === 'prepend' ? `${action.header}\n` : '')).join('')

async function cleanSender(
  { sender, queueId }: Submission,
  addressing: Addressing,
  mapped: boolean,
  machine: Machine,
): Promise<string> {
  if (sender === '') return ''
  const completed = addressing.rewrite(sender, 'local')
  if (!mapped) return completed
  const { address, by } = await addressing.canonical(completed, 'envelope_sender')
  if (by !== null && address !== completed) {
    machine.emit({ type: 'cleanup.rewritten', queueId, what: 'sender', from: completed, to: [address], by })
  }
  return address
}

/** Resolves with the last recipient, which stands for all in the log. */
async function addRecipients(
  submission: Submission,
  sender: string,
  list: RecipientList,
  context: { settings: CleanupSettings; addressing: Addressing; external: boolean },
): Promise<string> {
  const { settings, addressing } = context
  // no_address_mappings: nobody is added either.
  const external = context.external && !submission.options.includes('no_address_mappings')
  const copies: string[] = []
  if (external && sender !== '' && settings.senderBccMaps !== '') {
    const copy = await addressing.find(settings.senderBccMaps, sender)
    if (copy !== null) copies.push(copy)
  }
  let last = ''
  for (const recipient of submission.recipients) {
    const address = await list.add(recipient)
    last = address
    if (!external || settings.recipientBccMaps === '') continue
    const copy = await addressing.find(settings.recipientBccMaps, address)
    if (copy !== null) copies.push(copy)
  }
  if (external && settings.alwaysBcc !== '') copies.push(settings.alwaysBcc)
  for (const copy of copies) await list.add(bcc(addressing.rewrite(copy, 'local')))
  return last
}

/** A copy that nobody asked for: no report about it. */
const bcc = (address: string): Recipient => ({ address, original: address, notify: ['never'], orcpt: null })

function redirected(recipients: readonly Recipient[], redirect: string | null): readonly Recipient[] {
  const [first] = recipients
  return redirect === null || !first ? recipients : [{ ...first, address: redirect }]
}

function filterOf(
  decisions: Decisions,
  submission: Submission,
  settings: CleanupSettings,
  external: boolean,
): string | null {
  // Who is sent elsewhere is sent there directly.
  if (decisions.redirect !== null) return null
  const chosen = decisions.filter ?? (external ? settings.contentFilter : '')
  return chosen === '' ? null : chosen
}

async function fullNameOf(machine: Machine, user: string): Promise<string> {
  const account = await machine.user(user)
  return account?.fullName.split(',')[0]?.replace('&', user.charAt(0).toUpperCase() + user.slice(1)) ?? ''
}

function checkLog(
  machine: Machine,
  { queueId, origin }: Submission,
  sender: string,
  recipient: string,
): CheckLog {
  const from = origin.kind === 'smtpd' ? clientName(origin.client) : 'local'
  const helo = origin.kind === 'smtpd' && origin.helo !== '' ? ` helo=<${origin.helo}>` : ''
  const protocol = origin.kind === 'smtpd' ? ` proto=${origin.protocol}${helo}` : ''
  return {
    act(action, context, content, text) {
      // A NUL ends a text for the log of a C program.
      const [before = ''] = content.split('\0', 1)
      const shown = printable(fromBytes(before)).slice(0, 200)
      const why = text === '' ? '' : `: ${text}`
      machine.emit({ type: 'cleanup.acted', queueId, action, reason: `${context} ${shown}${why}` })
      logged(
        machine,
        queueId,
        'info',
        `${action}: ${context} ${shown} from ${from}; from=<${sender}> to=<${recipient}>${protocol}${why}`,
      )
    },
    met(purpose, table, content, { value, line }) {
      const path = table.slice(table.indexOf(':') + 1)
      const lookup = {
        table,
        key: printable(fromBytes(content)).slice(0, 200),
        outcome: 'found' as const,
        value,
        ...(path.startsWith('/') ? { file: path } : {}),
        ...(line === undefined ? {} : { line }),
      }
      const session = origin.kind === 'smtpd' ? { session: origin.session } : {}
      machine.emit({ type: 'table.looked', daemon: 'cleanup', purpose, lookup, queueId, ...session })
    },
    mimeError(error, content) {
      const shown = printable(fromBytes(content.slice(0, 100)))
      const to = recipient === '' ? 'unknown' : recipient
      logged(
        machine,
        queueId,
        'info',
        `reject: mime-error ${error}: ${shown} from ${from}; from=<${sender}> to=<${to}>`,
      )
    },
    warn: (text) => logged(machine, queueId, 'warning', text),
  }
}

/** Of a client that XFORWARD told of, the address may not be known. */
const clientName = ({ name, address }: { readonly name: string; readonly address: string }): string =>
  address === 'unknown' ? name : `${name}[${address}]`

function logged(machine: Machine, queueId: string, level: 'info' | 'warning', text: string): void {
  machine.emit({ type: 'daemon.logged', daemon: 'cleanup', level, text, queueId })
}

const shownContent = 16 * 1024

function announce(machine: Machine, queueFile: QueueFile, cleaned: CleanedMessage): void {
  const { queueId, origin, sender, size, messageId } = queueFile
  machine.emit({
    type: 'queue.created',
    queueId,
    ...(origin.kind === 'smtpd' ? { session: origin.session } : {}),
    ...(origin.kind === 'bounce' || origin.kind === 'forward' ? { parent: origin.of } : {}),
    origin: origin.kind,
    sender,
    size,
  })
  machine.emit({
    type: 'cleanup.message',
    queueId,
    messageId,
    subject: fromBytes(cleaned.subject),
    size: cleaned.content.length,
    content: bytesAsText(cleaned.content.subarray(0, shownContent)),
  })
  for (const { address, original } of queueFile.recipients) {
    machine.emit({ type: 'queue.recipient', queueId, recipient: address, original })
  }
}
