/**
 * A message on its way out: what smtp_header_checks and smtp_body_checks change, and addresses as the outside may see
 * them. Most messages leave as they are.
 *
 * smtp(8); generic(5); header_checks(5).
 */
import { headerEnd, readFields } from '#protocol/message/header.ts'
import { isMimeField } from '#protocol/message/mime-fields.ts'
import type { Table } from '#tables/table.ts'
import { check, noDecisions, type CheckClass, type CheckLog } from '../../content/content-checks.ts'
import { rewriteField } from '../../content/header-rewriting.ts'
import { bytesAsText, textAsBytes } from '../../content/text.ts'
import type { ClientSettings } from './settings.ts'

export type OutgoingInput = {
  readonly settings: ClientSettings
  readonly open: (table: string) => Table
  readonly generic: (address: string) => Promise<string>
  readonly log: CheckLog
}

export async function outgoing(content: Uint8Array, input: OutgoingInput): Promise<Uint8Array> {
  const { settings, generic } = input
  const { header_checks, mime_header_checks, body_checks } = settings.checks
  const checks = header_checks.length + mime_header_checks.length + body_checks.length
  if (checks === 0 && settings.genericMaps === '') return content

  const end = headerEnd(content)
  const header: string[] = []
  for (const field of readFields(bytesAsText(content.subarray(0, end)))) {
    const text =
      settings.genericMaps === '' ? field.text : await rewriteField(field, (address) => generic(address))
    const mime = isMimeField(text) && mime_header_checks.length > 0
    header.push(...(await checked(text, mime ? 'mime_header_checks' : 'header_checks', input)))
  }
  const body = await outgoingBody(content.subarray(end), input)
  return Buffer.concat([textAsBytes(header.map((text) => `${text}\n`).join('')), body])
}

async function outgoingBody(body: Uint8Array, input: OutgoingInput): Promise<Uint8Array> {
  if (input.settings.checks.body_checks.length === 0) return body
  const lines: string[] = []
  for (const line of bytesAsText(body).replace(/\n$/, '').split('\n')) {
    lines.push(...(line === '' ? [line] : await checked(line, 'body_checks', input)))
  }
  return textAsBytes(`${lines.join('\n')}\n`)
}

/** Only what changes the text counts here: the message was accepted long ago. */
async function checked(
  text: string,
  checkClass: Exclude<CheckClass, 'nested_header_checks'>,
  { settings, open, log }: OutgoingInput,
): Promise<readonly string[]> {
  const tables = settings.checks[checkClass].map(open)
  const result = await check(text, checkClass, tables, noDecisions(), log)
  return result.text === null ? result.before : [...result.before, result.text]
}
