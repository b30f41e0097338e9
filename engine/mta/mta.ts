/**
 * The MTA of one host behind its smtpd: joins cleanup, the queue, the queue manager, the agents, bounce and pickup,
 * each of which knows only what it is handed. No logic of mail here.
 *
 * master(8); the picture: OVERVIEW of Postfix.
 */
import type { Machine } from '#engine/machine.ts'
import type { Connection } from '#platform/net.ts'
import { mailDate } from '#protocol/message/date.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import type { Addressing } from './addressing.ts'
import { createCommandRunner, type Program } from './agents/command.ts'
import { createMailboxWriter, type MailboxWriter } from './agents/mailbox-writer.ts'
import type { LocalAgentInput } from './agents/local/delivery.ts'
import { createBounce } from './bounce/bounce.ts'
import { createNotices } from './bounce/notices.ts'
import { createCleanup } from './cleanup/cleanup.ts'
import { readCleanupSettings } from './cleanup/settings.ts'
import type {
  Origin,
  Cleanup,
  DeliveryResult,
  NotifyPostmaster,
  QueueControl,
  QueueFile,
  Recipient,
} from './handover.ts'
import { createPickup } from './pickup/pickup.ts'
import type { Postfix } from './postfix.ts'
import { QueueManager } from './qmgr/qmgr.ts'
import { resultFact } from './qmgr/results.ts'
import { readQmgrSettings } from './qmgr/settings.ts'
import type { Bounce } from './reporting.ts'
import { createQueueControl } from './queue/control.ts'
import { Queue } from './queue/queue.ts'
import { createTransports, type TransportsInput } from './transports.ts'
import { asProbed } from './verify/probe-settings.ts'
import { createVerify, type Verified } from './verify/verify.ts'

export type MtaInput = {
  readonly machine: Machine
  readonly getPostfix: () => Postfix
  readonly createAddressing: (postfix: Postfix) => Addressing
  /** generic(5). */
  readonly generic: (address: string, postfix: Postfix) => Promise<string>
  /** A listener of this host at a path: `/var/spool/postfix/private/dovecot-lmtp`. Rejects with NetError. */
  readonly connectUnix: (path: string) => Promise<Connection>
  /** How local and virtual write mailboxes; by default straight to the disk. */
  readonly mailboxes?: MailboxWriter
  /** Programs that mail can be piped into, by their path or name. */
  readonly programs?: Readonly<Record<string, Program>>
}

export interface Mta {
  readonly cleanup: Cleanup
  readonly control: QueueControl
  readonly notify: NotifyPostmaster
  /** Whether an address could be delivered to: reject_unverified_recipient, reject_unverified_sender. */
  verify(address: string): Promise<Verified>
  /** Reads the queue and begins to deliver. */
  start(): Promise<void>
  /** Ends what runs, and keeps the rest for the next start. */
  stop(): Promise<void>
  /** The settings have changed: `getPostfix` gives new ones. */
  reload(): void
  /** Looks at the maildrop and the deferred queue now. */
  nudge(): Promise<void>
}

/** What depends on the settings: made anew at each reload. */
function configured(
  input: MtaInput,
  { forward, tell }: Pick<LocalAgentInput, 'forward' | 'tell'>,
  mailboxes: MailboxWriter,
  notify: NotifyPostmaster,
) {
  const { machine } = input
  const postfix = input.getPostfix()
  const addressing = input.createAddressing(postfix)
  const service = postfix.services.find(({ daemon }) => daemon === 'qmgr')
  const transports = (acts: Pick<TransportsInput, 'mailboxes' | 'run' | 'forward' | 'tell'>) =>
    createTransports({
      machine,
      postfix,
      addressing,
      connectUnix: input.connectUnix,
      generic: input.generic,
      notify,
      ...acts,
    })
  return {
    postfix,
    addressing,
    probing: input.createAddressing(asProbed(postfix)),
    /** The same agents, that write nothing: for verify(8). */
    probes: transports({
      mailboxes: unwrittenMailboxes,
      run: async () => ({ kind: 'exited', exit: 0, output: '' }),
      forward: async () => 'none',
      tell: async () => undefined,
    }),
    cleanup: readCleanupSettings(postfix),
    qmgr: readQmgrSettings(service ? postfix.settingsFor(service) : postfix.settings),
    transports: transports({
      mailboxes,
      run: createCommandRunner(machine, input.programs ?? {}),
      forward,
      tell,
    }),
  }
}

const unwrittenMailboxes: MailboxWriter = {
  deliverToMaildir: async ({ path }) => ({ file: path }),
  deliverToMbox: async ({ path }) => ({ file: path }),
}

export function createMta(input: MtaInput): Mta {
  const { machine } = input
  const { settings: first } = input.getPostfix()
  const mailboxes = input.mailboxes ?? createMailboxWriter(machine)
  const queue = new Queue({
    machine,
    directory: first.text('queue_directory'),
    hashed: first.list('hash_queue_names'),
    ids: first.flag('enable_long_queue_ids') ? 'long' : 'short',
  })
  const local: Pick<LocalAgentInput, 'forward' | 'tell'> = {
    forward: (message) => forwardMessage(cleanup, message, machine, now().postfix),
    tell: async (queueFile, result, owner) => {
      const envelope = { ...queueFile.envelope, envid: null, ret: null }
      await bounce.failed({ ...queueFile, envelope }, [result], owner)
    },
  }
  const notify = createNotices({
    machine,
    cleanup: () => cleanup,
    complete: (address) => now().addressing.rewrite(address, 'local'),
  })
  let current = configured(input, local, mailboxes, notify)
  const now = () => current
  const settings = () => now().postfix.settings

  const bounce = createBounce({
    machine,
    settings,
    cleanup: () => cleanup,
    complete: (address) => now().addressing.rewrite(address, 'local'),
    content: (queueId) => queue.content(queueId),
  })
  const cleanup = createCleanup({
    machine,
    queue,
    settings: () => now().cleanup,
    addressing: () => now().addressing,
    arrived: (queueId) => manager.arrived(queueId),
    returned: (queueFile, reply) => returnToSender(queueFile, reply, bounce, machine),
    expanded: (queueFile, recipients) => {
      void bounce.succeeded(queueFile, recipients.map(aliasExpanded))
    },
  })
  const makeManager = () =>
    new QueueManager({
      machine,
      queue,
      settings: () => now().qmgr,
      addressing: () => now().addressing,
      transport: (name) => now().transports.find(name),
      bounce,
    })
  let manager = makeManager()
  const pickup = createPickup({ machine, queue, settings, cleanup: () => cleanup })
  const verify = createVerify({
    machine,
    settings,
    addressing: () => now().probing,
    newQueueId: () => queue.newQueueId(),
    transport: (name) => now().probes.find(name),
  })

  const control = createQueueControl({
    server: machine.addresses[0] ?? '',
    queue,
    flush: (wanted) => manager.flush(wanted),
    arrived: (queueId) => manager.arrived(queueId),
    pickup,
    async verify(recipients, user) {
      const sender = now().addressing.rewrite(user, 'local')
      const probes = await Promise.all(recipients.map((recipient) => verify.probe(recipient)))
      const [first] = probes
      if (!first) return
      const results = probes
        .flatMap((probe) => probe.results)
        .map((result) => {
          const asked = now().addressing.rewrite(result.recipient.original, 'local')
          return { ...result, recipient: { ...result.recipient, orcpt: `rfc822;${asked}` } }
        })
      await bounce.verified({ ...first.queueFile, sender }, results)
    },
  })

  return {
    cleanup,
    control,
    notify,
    verify: (address) => verify.ask(address),
    async start() {
      current = configured(input, local, mailboxes, notify)
      manager = makeManager()
      const { wasActive } = await queue.load()
      if (wasActive.length > 0) machine.emit({ type: 'queue.recovered', queueIds: [...wasActive] })
      manager.start()
      await pickup.start()
    },
    async stop() {
      pickup.stop()
      await manager.stop()
      now().transports.stop()
    },
    reload() {
      const before = current
      current = configured(input, local, mailboxes, notify)
      before.transports.stop()
    },
    async nudge() {
      await pickup.collect()
      await manager.flush(({ queueFile }) => (queueFile.nextAttemptAt ?? 0) <= machine.clock.now())
    },
  }
}

const aliasExpanded = (recipient: Recipient): DeliveryResult => ({
  recipient,
  outcome: 'expanded',
  silent: true,
  status: '2.0.0',
  relay: 'none',
  text: 'alias expanded',
  diagnostic: null,
  remoteMta: null,
})

/** Content that cleanup refuses, of mail that came by sendmail(1). */
async function returnToSender(
  queueFile: QueueFile,
  { status, lines }: Reply,
  bounce: Bounce,
  machine: Machine,
): Promise<void> {
  const now = machine.clock.now()
  const results = queueFile.recipients.map((recipient): DeliveryResult => ({
    recipient,
    outcome: 'bounced',
    status: status ?? '5.0.0',
    relay: 'none',
    text: lines.join(' '),
    diagnostic: null,
    remoteMta: null,
  }))
  for (const result of results) {
    machine.emit(resultFact(result, queueFile, { active: now, begun: now, now }, 'cleanup'))
  }
  await bounce.failed({ ...queueFile, envelope: { ...queueFile.envelope, ret: 'hdrs' } }, results)
}

/** What a .forward sends on is a message of its own, with one more Received and a Delivered-To that breaks loops. */
async function forwardMessage(
  cleanup: Cleanup,
  message: Parameters<LocalAgentInput['forward']>[0],
  machine: Machine,
  { settings }: Postfix,
): Promise<string | null> {
  const queueId = cleanup.newQueueId()
  const now = machine.clock.now()
  const of: QueueFile = message.of
  const deliveredTo = message.deliveredTo === null ? '' : `Delivered-To: ${message.deliveredTo}\n`
  const result = await cleanup.submit({
    queueId,
    origin: { kind: 'forward', of: of.queueId, ...firstOrigin(of.origin) },
    sender: message.sender,
    recipients: message.recipients,
    envelope: { ...of.envelope, body: null },
    trace: `Received: by ${settings.text('myhostname')} (${settings.text('mail_name')})\n\tid ${queueId}; ${mailDate(now)}\n${deliveredTo}`,
    content: message.content,
    actions: [],
    arrivedAt: now,
    options: [],
  })
  return result.kind === 'refused' ? null : queueId
}

/** A letter that was forwarded before still comes from where it first came from. */
function firstOrigin(origin: Origin): { first?: Exclude<Origin, { kind: 'forward' }> } {
  if (origin.kind !== 'forward') return { first: origin }
  return origin.first ? { first: origin.first } : {}
}
