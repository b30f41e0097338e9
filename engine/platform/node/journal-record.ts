/** The records of a journal segment as bytes: length, checksum, and what was to be changed. */
import { crc32 } from 'node:zlib'
import type { Step } from './host-tree.ts'

export type JournalRecord = {
  /** Its number; every record of a data folder has its own. */
  readonly number: number
  /** All records up to this number had been applied to the tree when it was written. */
  readonly applied: number
} & (
  | { readonly kind: 'changes'; readonly root: string; readonly steps: readonly Step[] }
  /** A record that could not be applied, and must never be. */
  | { readonly kind: 'void'; readonly of: number }
)

const headLength = 12
/** One message, and what is told about it; more is not a record of ours. */
const longestRecord = 512 * 1024 * 1024

/**
 * `segment` goes into the checksum, so that a record is never taken for one of another segment.
 * Layout: length of the rest (4), checksum (4), length of the JSON (4), JSON, the bytes of all files in order.
 */
export function encodeRecord(record: JournalRecord, segment: number): Buffer {
  const contents: Buffer[] = []
  const keep = (_key: string, value: unknown): unknown => {
    if (!isStepWithBytes(value)) return value
    const bytes = bufferOf(value.bytes)
    contents.push(bytes)
    return { ...value, bytes: undefined, length: bytes.length }
  }
  const json = Buffer.from(JSON.stringify(record, keep))
  const size = headLength + json.length + contents.reduce((sum, bytes) => sum + bytes.length, 0)
  const buffer = Buffer.allocUnsafe(size)
  buffer.writeUInt32LE(size - 4, 0)
  buffer.writeUInt32LE(json.length, 8)
  let at = headLength + json.copy(buffer, headLength)
  for (const bytes of contents) at += bytes.copy(buffer, at)
  buffer.writeUInt32LE(crc32(buffer.subarray(8), segment), 4)
  return buffer
}

/** Reads records as far as they are whole: a torn end is where the last moment before a crash is lost. */
export function* decodeRecords(bytes: Buffer, segment: number): Generator<JournalRecord> {
  let at = 0
  while (bytes.length - at >= headLength) {
    const end = at + 4 + bytes.readUInt32LE(at)
    const jsonEnd = at + headLength + bytes.readUInt32LE(at + 8)
    if (end - at > longestRecord || end > bytes.length || jsonEnd > end || end < at + headLength) return
    if (crc32(bytes.subarray(at + 8, end), segment) !== bytes.readUInt32LE(at + 4)) return
    yield decode(bytes.subarray(at + headLength, jsonEnd), bytes.subarray(jsonEnd, end))
    at = end
  }
}

function decode(json: Buffer, contents: Buffer): JournalRecord {
  const record = JSON.parse(json.toString()) as JournalRecord
  if (record.kind === 'void') return record
  let at = 0
  const steps = record.steps.map((step): Step => {
    if (step.kind !== 'write' && step.kind !== 'append') return step
    const { length } = step as unknown as { length: number }
    const bytes = contents.subarray(at, at + length)
    at += length
    return { ...step, bytes }
  })
  return { ...record, steps }
}

function isStepWithBytes(value: unknown): value is Step & { bytes: Uint8Array | string } {
  return typeof value === 'object' && value !== null && 'bytes' in value && value.bytes !== undefined
}

function bufferOf(bytes: Uint8Array | string): Buffer {
  return typeof bytes === 'string'
    ? Buffer.from(bytes)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
