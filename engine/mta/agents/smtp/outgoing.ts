/**
 * A message on its way out: what smtp_header_checks and smtp_body_checks change, addresses as the outside may see them,
 * and seven bits for a server that takes no more. Most messages leave as they are.
 *
 * smtp(8); generic(5); header_checks(5).
 */
import type { Machine } from '#engine/machine.ts'
import { readFields } from '#protocol/message/header.ts'
import { isMimeField } from '#protocol/message/mime-fields.ts'
import { MimeWalk, type MimeItem, type Where } from '#protocol/message/mime-walk.ts'
import type { Table } from '#tables/table.ts'
import { check, noDecisions, type CheckClass, type CheckLog } from '../../content/content-checks.ts'
import { rewriteField } from '../../content/header-rewriting.ts'
import { bytesAsText, fromBytes, printable, textAsBytes } from '../../content/text.ts'
import type { DeliveryRequest } from '../../handover.ts'
import { SevenBit } from './seven-bit.ts'
import type { ClientSettings } from './settings.ts'
import { wireForm } from './wire-form.ts'

export type OutgoingInput = {
  readonly settings: ClientSettings
  readonly open: (table: string) => Table
  readonly generic: (address: string) => Promise<string>
  readonly log: CheckLog
  readonly bits: 'as it is' | 'seven'
}

/** A table that was needed could not be asked: the letter cannot go out now. */
export class LocalDataError extends Error {}

/** Rejects with LocalDataError. */
async function outgoing(content: Uint8Array, input: OutgoingInput): Promise<Uint8Array> {
  const { settings, bits } = input
  const checks = Object.values(settings.checks).flat().length
  if (checks === 0 && settings.genericMaps === '' && bits === 'as it is') return content

  const seven = bits === 'seven' ? new SevenBit() : null
  const lines: string[] = []
  const walk = new MimeWalk({ ...settings.mime, mime: 'read', reported: new Set() })
  const add = async (items: Iterable<MimeItem>) => {
    for (const item of items) {
      for (const turned of await changed(item, input)) lines.push(...(seven?.turn(turned) ?? textsOf(turned)))
    }
  }
  for (const line of bytesAsText(content).replace(/\n$/, '').split('\n'))
    await add(walk.read(line, 'line ends'))
  await add(walk.finish())
  return textAsBytes(`${lines.join('\n')}\n`)
}

const textsOf = (item: MimeItem): readonly string[] =>
  item.kind === 'field' || item.kind === 'line' ? [item.text] : []

/** The item, and what is put before it; nothing when a table drops it. */
async function changed(item: MimeItem, input: OutgoingInput): Promise<readonly MimeItem[]> {
  switch (item.kind) {
    case 'field': {
      const texts = await checked(item.text, classOf(item.text, item.where), input)
      return Promise.all(
        texts.map(async (text) => ({ ...item, text: await rewritten(text, item.where, input) })),
      )
    }
    case 'line': {
      if (item.text === '') return [item]
      const texts = await checked(item.text, 'body_checks', input)
      return texts.map((text) => ({ ...item, text }))
    }
    case 'header-end':
    case 'error':
      return [item]
    default:
      return item satisfies never
  }
}

function classOf(text: string, where: Where): CheckClass {
  if (where === 'part' || isMimeField(text)) return 'mime_header_checks'
  return where === 'nested' ? 'nested_header_checks' : 'header_checks'
}

async function rewritten(text: string, where: Where, { settings, generic }: OutgoingInput): Promise<string> {
  const [field] = settings.genericMaps === '' || where !== 'primary' ? [] : readFields(`${text}\n`)
  return field ? rewriteField(field, (address) => generic(address)) : text
}

/** Only what changes the text counts here: the message was accepted long ago. */
async function checked(
  text: string,
  checkClass: CheckClass,
  { settings, open, log }: OutgoingInput,
): Promise<readonly string[]> {
  const tables = settings.checks[checkClass].map(open)
  if (tables.length === 0) return [text]
  const decisions = noDecisions()
  const result = await check(text, checkClass, tables, decisions, log)
  if (decisions.refused?.trouble === 'resource') throw new LocalDataError()
  return result.text === null ? result.before : [...result.before, result.text]
}

/** The message as this server gets it, the final dot included. Rejects with LocalDataError. */
export async function wireOf(
  request: DeliveryRequest,
  input: Omit<OutgoingInput, 'log'>,
  { emit }: Machine,
): Promise<Buffer> {
  const daemon = input.settings.protocol
  const { queueId } = request.queueFile
  const log: CheckLog = {
    act(action, context, line, text) {
      const shown = printable(fromBytes(line)).slice(0, 200)
      const why = text === '' ? '' : `: ${text}`
      emit({
        type: 'daemon.logged',
        daemon,
        level: 'info',
        queueId,
        text: `${action}: ${context} ${shown}${why}`,
      })
    },
    mimeError: () => undefined,
    warn: (text) => emit({ type: 'daemon.logged', daemon, level: 'warning', queueId, text }),
  }
  return wireForm(await outgoing(await request.content(), { ...input, log }), input.settings.lineLimit)
}
