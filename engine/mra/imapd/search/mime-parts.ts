/**
 * Whether some part of a message is as SEARCH MIMEPART asks. What is known of a part is what BODYSTRUCTURE tells: of a
 * multipart neither size nor encoding, and an envelope only of what stands within a message/rfc822.
 */
import { contentFields } from '#protocol/imap/bodystructure.ts'
import type { MimeEnvelopeField, MimeKey, MimeTextField } from '#protocol/imap/mime-key.ts'
import { readAddresses, writeAddresses } from '#protocol/message/addresses.ts'
import {
  readDisposition,
  readEncoding,
  readLanguages,
  type Parameters,
} from '#protocol/message/content-fields.ts'
import { fieldValue, fieldValues } from '#protocol/message/header-lines.ts'
import type { MimePart } from '#protocol/message/mime-tree.ts'
import { onDay, sentLocally } from './days.ts'

type Placed = {
  readonly part: MimePart
  readonly depth: number
  /** Among the parts of the same multipart, from 1. */
  readonly index: number
  readonly above: Placed | null
  /** All parts within, however deep. */
  readonly below: Placed[]
}

export function hasMimePart(root: MimePart, key: MimeKey): boolean {
  return placed(root).some((part) => test(key, part) === true)
}

function placed(root: MimePart): readonly Placed[] {
  const all: Placed[] = []
  const stack: Placed[] = [{ part: root, depth: 0, index: 1, above: null, below: [] }]
  for (let here = stack.pop(); here !== undefined; here = stack.pop()) {
    all.push(here)
    for (let above = here.above; above !== null; above = above.above) above.below.push(here)
    for (const [i, part] of here.part.children.entries())
      stack.push({ part, depth: here.depth + 1, index: i + 1, above: here, below: [] })
  }
  return all
}

/** Null: nobody knows, and what is joined with it by NOT is no more known. */
type Verdict = boolean | null

function test(key: MimeKey, here: Placed): Verdict {
  switch (key.kind) {
    case 'and':
      return every(key.keys.map((inner) => test(inner, here)))
    case 'or':
      return opposite(every([opposite(test(key.left, here)), opposite(test(key.right, here))]))
    case 'not':
      return opposite(test(key.key, here))
    case 'child': {
      const { key: inner } = key
      return here.below.some((part) => inner === null || test(inner, part) === true)
    }
    case 'parent': {
      for (let above = here.above; above !== null; above = above.above)
        if (key.key === null || test(key.key, above) === true) return true
      return false
    }
    case 'depth':
      if (key.how === 'is') return here.depth === key.depth
      return key.how === 'least' ? here.depth >= key.depth : here.depth <= key.depth
    case 'index':
      return here.index === key.index
    case 'envelope':
    case 'sent':
      // Only of a message within another is there an envelope.
      return here.above?.part.kind === 'message' && inEnvelope(key, here.part)
    case 'unknown':
      return null
    default:
      return ofPart(key, here.part)
  }
}

const opposite = (verdict: Verdict): Verdict => (verdict === null ? null : !verdict)

function every(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false
  return verdicts.includes(null) ? null : true
}

function ofPart(
  key: Extract<MimeKey, { kind: 'field' | 'parameter' | 'filename' | 'size' }>,
  part: MimePart,
): boolean {
  switch (key.kind) {
    case 'field':
      return inField(key.field, key.text, part)
    case 'parameter': {
      const name = key.name.toLowerCase()
      const parameters = key.of === 'type' ? typeParameters(part) : dispositionOf(part)?.parameters
      return parameters?.find(([known]) => known.toLowerCase() === name)?.[1].includes(key.text) === true
    }
    case 'filename': {
      const parameters = dispositionOf(part)?.parameters
      const name = parameters?.find(([known]) => known.toLowerCase() === 'filename')?.[1].toLowerCase()
      return name !== undefined && isNamed(name, key.how, key.text.toLowerCase())
    }
    case 'size': {
      const bytes = part.kind === 'multipart' ? 0 : part.bodyEnd - part.bodyStart
      if (key.than === 'equal') return bytes === key.bytes
      return key.than === 'larger' ? bytes > key.bytes : bytes < key.bytes
    }
    default:
      return key satisfies never
  }
}

function isNamed(name: string, how: (MimeKey & { kind: 'filename' })['how'], text: string): boolean {
  switch (how) {
    case 'is':
      return name === text
    case 'contains':
      return name.includes(text)
    case 'begins':
      return name.startsWith(text)
    case 'ends':
      return name.endsWith(text)
    default:
      return how satisfies never
  }
}

function inField(field: MimeTextField, text: string, part: MimePart): boolean {
  const value = (name: string) => (part.kind === 'multipart' ? null : fieldValue(contentFields(part), name))
  const same = (word: string | null | undefined) => word?.toLowerCase() === text.toLowerCase()
  switch (field) {
    case 'type':
      return same(part.type.type)
    case 'subtype':
      return same(part.type.subtype)
    case 'encoding':
      return part.kind !== 'multipart' && same(readEncoding(value('Content-Transfer-Encoding')) ?? '7bit')
    case 'id':
      return same(value('Content-ID'))
    case 'md5':
      return value('Content-MD5') === text
    case 'description':
      return value('Content-Description')?.includes(text) === true
    case 'location':
      return same(fieldValue(contentFields(part), 'Content-Location'))
    case 'language':
      return readLanguages(fieldValue(contentFields(part), 'Content-Language'))?.some(same) === true
    case 'disposition':
      return same(dispositionOf(part)?.disposition)
    default:
      return field satisfies never
  }
}

const dispositionOf = (part: MimePart) =>
  readDisposition(fieldValue(contentFields(part), 'Content-Disposition'))

/** Text has a charset, said or not. */
function typeParameters({ kind, type }: MimePart): Parameters {
  const said = type.parameters.some(([name]) => name.toLowerCase() === 'charset')
  const text = kind === 'leaf' && type.type.toLowerCase() === 'text'
  return text && !said ? [...type.parameters, ['charset', 'us-ascii']] : type.parameters
}

function inEnvelope(key: MimeKey & { kind: 'envelope' | 'sent' }, { fields }: MimePart): boolean {
  if (key.kind === 'sent') return onDay(key, sentLocally(fields))
  return envelopeText(key.field, (name) => fieldValues(fields, name)).includes(key.text)
}

function envelopeText(field: MimeEnvelopeField, values: (name: string) => readonly string[]): string {
  const addresses = (name: string) => writeAddresses(values(name).flatMap((value) => readAddresses(value)))
  switch (field) {
    case 'subject':
    case 'message-id':
    case 'in-reply-to':
      return values(field).at(-1) ?? ''
    case 'sender':
    case 'reply-to':
      return addresses(field) || addresses('from')
    default:
      return addresses(field)
  }
}
