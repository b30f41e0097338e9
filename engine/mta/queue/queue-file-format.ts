/**
 * How a message lies in the queue: one line with its envelope, the message, and a line for each thing that became of it.
 * Later lines are only appended, so that recording a delivery costs one small write; a half-written last line,
 * as a crash leaves it, says nothing.
 */
import type { QueueFile } from '../handover.ts'
import type { Progress } from '../message-queue.ts'

const magic = 'mailscope-queue-1 '

export type StoredMessage = {
  readonly queueFile: QueueFile
  readonly content: Uint8Array
  readonly forcedExpire: boolean
}

export function writeQueueFile(queueFile: QueueFile, content: Uint8Array): Uint8Array {
  const head = Buffer.from(`${magic}${String(content.length)} ${JSON.stringify(queueFile)}\n`)
  return Buffer.concat([head, content, Buffer.from('\n')])
}

export const writeProgress = (progress: Progress): string => `${JSON.stringify(progress)}\n`

/** Null when this is no whole queue file: it was cut short, or is none of ours. */
export function readQueueFile(bytes: Uint8Array): StoredMessage | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const lineEnd = buffer.indexOf(0x0a)
  if (lineEnd < 0) return null
  const match = /^mailscope-queue-1 (\d+) (\{.*\})$/s.exec(buffer.toString('utf8', 0, lineEnd))
  if (!match?.[1] || !match[2]) return null
  const end = lineEnd + 1 + Number(match[1])
  if (end >= buffer.length) return null
  const envelope = parsed(match[2])
  if (!isEnvelope(envelope)) return null

  let stored: StoredMessage = {
    queueFile: { ...envelope, reasons: listed(envelope.reasons) },
    content: buffer.subarray(lineEnd + 1, end),
    forcedExpire: false,
  }
  for (const line of buffer.toString('utf8', end + 1).split('\n')) {
    const progress = parsed(line)
    if (progress !== null) stored = { ...stored, ...applyProgress(stored, progress) }
  }
  return stored
}

/** The envelope after something became of the message. */
export function applyProgress(
  before: { readonly queueFile: QueueFile; readonly forcedExpire: boolean },
  progress: Progress,
): { readonly queueFile: QueueFile; readonly forcedExpire: boolean } {
  const done = new Set((progress.done ?? []).map(([address, original]) => `${address}\n${original}`))
  const { queueFile } = before
  return {
    forcedExpire: progress.forcedExpire ?? before.forcedExpire,
    queueFile: {
      ...queueFile,
      recipients:
        done.size === 0
          ? queueFile.recipients
          : queueFile.recipients.filter(({ address, original }) => !done.has(`${address}\n${original}`)),
      warned: progress.warned ?? queueFile.warned,
      nextAttemptAt: progress.nextAttemptAt === undefined ? queueFile.nextAttemptAt : progress.nextAttemptAt,
      reasons: listed(progress.reasons ?? queueFile.reasons),
    },
  }
}

/** Files of an earlier life may have a table here, which the next attempt writes anew. */
const listed = (reasons: unknown): QueueFile['reasons'] =>
  Array.isArray(reasons) ? (reasons as QueueFile['reasons']) : []

function parsed(text: string): Record<string, unknown> | null {
  if (!text.startsWith('{')) return null
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
}

function isEnvelope(value: unknown): value is QueueFile {
  const envelope = value as Partial<QueueFile> | null
  return (
    envelope !== null &&
    typeof envelope.queueId === 'string' &&
    typeof envelope.sender === 'string' &&
    Array.isArray(envelope.recipients) &&
    typeof envelope.arrivedAt === 'number' &&
    typeof envelope.envelope === 'object'
  )
}
