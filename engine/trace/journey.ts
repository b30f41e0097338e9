/**
 * One letter, from its first submission to every end: a mailbox, a bounce, a queue in which it waits. An alias, a
 * forward or a second recipient makes branches; each is followed to where it ends.
 */
import type { QueueFileView, RecipientView, ResultView, World } from './world.ts'

export type Journey = {
  readonly id: string
  readonly sender: string
  readonly subject: string
  readonly begunAt: number
  /** In the order of the envelope. */
  readonly ends: readonly End[]
}

export type End = {
  /** As the first envelope named the recipient. */
  readonly recipient: string
  /** The queue files it was in, first to last; an alias adds one where it makes a new message. */
  readonly way: readonly { readonly host: string; readonly queueId: string; readonly address: string }[]
} & Fate

export type Fate =
  | { readonly fate: 'delivered'; readonly host: string; readonly user: string; readonly mailbox: string }
  /** A server outside the trace, or a program, took it. */
  | { readonly fate: 'handed over'; readonly to: string }
  | { readonly fate: 'bounced'; readonly status: string; readonly text: string }
  | { readonly fate: 'deferred'; readonly text: string; readonly nextAttemptAt: number | null }
  | { readonly fate: 'discarded'; readonly reason: string }
  | { readonly fate: 'under way' }

/** Null when the world knows no such journey. */
export function journeyOf(world: World, id: string): Journey | null {
  const view = world.journeys.get(id)
  if (view === undefined) return null
  const files = view.queueFiles.flatMap((key) => world.queueFiles.get(key) ?? [])
  const [first] = files
  return {
    id,
    sender: view.sender ?? '',
    subject: first?.subject ?? '',
    begunAt: view.begunAt,
    ends: first === undefined ? [] : endsOf(first, new Set()),
  }

  function endsOf(file: QueueFileView, seen: ReadonlySet<string>): End[] {
    const path = new Set([...seen, file.key])
    const forwarded = files.filter(
      ({ parent, origin, key }) => parent === file.key && origin === 'forward' && !path.has(key),
    )
    const own = file.recipients.flatMap((recipient) => follow(file, recipient, path))
    return [...own, ...forwarded.flatMap((child) => endsOf(child, path).map((end) => behind(file, end)))]
  }

  function follow(file: QueueFileView, recipient: RecipientView, path: ReadonlySet<string>): End[] {
    const here = step(file, recipient)
    const next = nextFile(file, recipient, path)
    if (next !== null) {
      // The next server may have made several recipients of this one: each is an end of its own.
      const onward = endsOf(next, path).filter(({ recipient: name }) => sameAddress(name, recipient.address))
      return onward.map((end) => ({ ...end, recipient: recipient.original, way: [here, ...end.way] }))
    }
    return [{ recipient: recipient.original, way: [here], ...fateOf(file, recipient) }]
  }

  /** The queue file that the server at the other end of the delivery made of this recipient. */
  function nextFile(file: QueueFileView, { result, address }: RecipientView, path: ReadonlySet<string>) {
    if (result?.outcome !== 'sent' || result.connection === null) return null
    const session = world.connections.get(result.connection)?.session ?? null
    if (session === null) return null
    const made = files.filter(
      (other) => other.session === session && !path.has(other.key) && other.createdSeq < result.seq,
    )
    return (
      made.findLast(({ recipients }) => recipients.some(({ original }) => sameAddress(original, address))) ??
      null
    )
  }

  function fateOf(file: QueueFileView, recipient: RecipientView): Fate {
    const { result } = recipient
    const discarded = file.acted.find(({ action }) => action.toLowerCase() === 'discard')
    if (discarded) return { fate: 'discarded', reason: discarded.reason }
    if (result === null) return { fate: 'under way' }
    switch (result.outcome) {
      case 'sent':
      case 'deliverable':
        return arrived(file, recipient, result)
      case 'bounced':
      case 'undeliverable':
        return { fate: 'bounced', status: result.status, text: result.text }
      case 'deferred':
        return { fate: 'deferred', text: result.text, nextAttemptAt: file.nextAttemptAt }
      default:
        return result.outcome satisfies never
    }
  }

  function arrived(file: QueueFileView, { address }: RecipientView, result: ResultView): Fate {
    const boxes = (view?.deliveries ?? []).flatMap(({ mailbox }) => world.mailboxes.get(mailbox) ?? [])
    const [user = ''] = address.toLowerCase().split(/[+@]/)
    const box = boxes.find((one) => one.host === file.host && one.user.toLowerCase().split('@')[0] === user)
    if (box === undefined) return { fate: 'handed over', to: result.relay }
    return { fate: 'delivered', host: box.host, user: box.user, mailbox: box.mailbox }
  }
}

const step = (file: QueueFileView, { address }: RecipientView) => ({
  host: file.host,
  queueId: file.queueId,
  address,
})

/** What a forward made is behind the recipient whose alias it was: the name that the sender wrote. */
function behind(file: QueueFileView, end: End): End {
  const [only] = file.recipients
  const recipient = file.recipients.length === 1 && only ? only.original : end.recipient
  return {
    ...end,
    recipient,
    way: [{ host: file.host, queueId: file.queueId, address: recipient }, ...end.way],
  }
}

const sameAddress = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
