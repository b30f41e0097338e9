/**
 * Mail from this box itself: sendmail(1) leaves it in the maildrop, pickup takes it from there to cleanup.
 *
 * pickup(8), postdrop(1), sendmail(1).
 */
import type { Machine } from '#engine/machine.ts'
import type { Settings } from '#config/settings.ts'
import { mailDate } from '#protocol/message/date.ts'
import type { Cleanup, Notify, QueueFile, Submission } from '../handover.ts'
import type { MessageQueue, QueueEntry } from '../message-queue.ts'

export type PickupInput = {
  readonly machine: Machine
  readonly queue: MessageQueue
  readonly settings: () => Settings
  readonly cleanup: () => Cleanup
}

export type LocalMessage = {
  readonly sender: string
  readonly recipients: readonly string[]
  readonly content: Uint8Array
  readonly user: string
  readonly queueId?: string
  readonly notify?: Notify
  readonly envid?: string | null
  readonly ret?: 'full' | 'hdrs' | null
  readonly report?: true
}

export interface Pickup {
  /** Puts a message into the maildrop, safe on disk; resolves with its name there. */
  post(message: LocalMessage): Promise<string>
  /** Takes what lies in the maildrop to cleanup; nothing while Postfix is stopped. */
  collect(): Promise<void>
  start(): Promise<void>
  stop(): void
}

export function createPickup(input: PickupInput): Pickup {
  const { machine, queue } = input
  let running = false
  let collecting: Promise<void> | null = null

  const collect = async () => {
    const waiting = [...queue.entries()].filter((entry) => entry.queue === 'maildrop')
    for (const entry of waiting) await pickUp(input, entry)
  }
  const collectSoon = (): Promise<void> => {
    if (!running) return Promise.resolve()
    collecting = (collecting ?? Promise.resolve()).then(collect).catch((error: unknown) => {
      machine.emit({ type: 'engine.fault', where: 'pickup', message: String(error) })
    })
    return collecting
  }
  return {
    collect: collectSoon,
    start() {
      running = true
      return collectSoon()
    },
    stop() {
      running = false
    },
    async post(message) {
      const queueId = message.queueId ?? queue.newQueueId()
      await queue.create('maildrop', await maildropFile(machine, queueId, message), message.content)
      void collectSoon()
      return queueId
    },
  }
}

async function maildropFile(machine: Machine, queueId: string, message: LocalMessage): Promise<QueueFile> {
  const account = await machine.user(message.user)
  return {
    queueId,
    origin: { kind: 'pickup', uid: account?.uid ?? 0, user: message.user },
    sender: message.sender,
    recipients: message.recipients.map((address) => ({
      address,
      original: address,
      notify: message.notify ?? [],
      orcpt: null,
    })),
    envelope: {
      envid: message.envid ?? null,
      ret: message.ret ?? null,
      body: null,
      smtputf8: false,
      verp: null,
      ...(message.report ? { report: message.report } : {}),
    },
    filter: null,
    arrivedAt: machine.clock.now(),
    size: message.content.length,
    messageId: '',
    warned: false,
    nextAttemptAt: null,
    reasons: [],
  }
}

/** A message of the maildrop as a new submission. One that `postsuper -r` put there keeps its sender and recipients. */
async function pickUp({ machine, queue, settings, cleanup }: PickupInput, entry: QueueEntry): Promise<void> {
  const { queueFile } = entry
  const content = await queue.content(queueFile.queueId)
  if (content === null) return
  const queueId = cleanup().newQueueId()
  const { origin } = queueFile
  const uid = origin.kind === 'pickup' ? origin.uid : 0
  machine.emit({
    type: 'daemon.logged',
    daemon: 'pickup',
    level: 'info',
    queueId,
    text: `uid=${uid} from=<${queueFile.sender}>${origin.kind === 'pickup' ? '' : ` orig_id=${queueFile.queueId}`}`,
  })
  const values = settings()
  const now = machine.clock.now()
  const submission: Submission = {
    queueId,
    origin,
    sender: queueFile.sender,
    recipients: queueFile.recipients,
    envelope: queueFile.envelope,
    trace:
      origin.kind === 'pickup'
        ? `Received: by ${values.text('myhostname')} (${values.text('mail_name')}, from userid ${uid})\n\tid ${queueId}; ${mailDate(now)}\n`
        : '',
    content,
    actions: [],
    arrivedAt: queueFile.arrivedAt,
    options: values.list('receive_override_options'),
  }
  const result = await cleanup().submit(submission)
  if (result.kind === 'refused') {
    machine.emit({
      type: 'daemon.logged',
      daemon: 'pickup',
      level: 'warning',
      text: `maildrop/${queueFile.queueId}: error writing ${queueId}: ${result.reply.lines[0] ?? ''}`,
    })
    if (result.reply.code < 500) return
  }
  await queue.remove(queueFile.queueId, 'pickup')
}
