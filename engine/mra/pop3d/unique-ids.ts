/**
 * Unique-ids of messages, by which a client knows what it has already fetched: pop3_uidl_format.
 *
 * RFC 1939 §7 (UIDL); Dovecot 2.3, "POP3 UIDL format".
 */
import { createHash } from 'node:crypto'
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { OpenMailbox } from '#mailbox/mail-store.ts'
import { findField, headerValue, readFields } from '#protocol/message/header.ts'
import type { MaildropMessage } from './maildrop.ts'

export type UniqueIds =
  | { readonly kind: 'made'; readonly ids: readonly string[] }
  /** The store cannot make ids of this format: `%m` needs an mbox, `%f` a Maildir. */
  | { readonly kind: 'unsupported'; readonly why: string; readonly variable: string }

export async function uniqueIds(
  messages: readonly MaildropMessage[],
  mailbox: OpenMailbox,
  settings: DovecotSettings,
  format: 'maildir' | 'mbox',
): Promise<UniqueIds> {
  const pattern = settings.text('pop3_uidl_format')
  if (/%\d*X?m/.test(pattern) && format !== 'mbox')
    return { kind: 'unsupported', why: 'Header MD5 not found', variable: '%m' }
  if (/%[\d.]*f/.test(pattern) && format === 'mbox')
    return { kind: 'unsupported', why: 'File name not found', variable: '%f' }
  const ids: string[] = []
  const given = new Map<string, number>()
  for (const { entry } of messages) {
    const header =
      /%\d*X?m/.test(pattern) || settings.flag('pop3_reuse_xuidl') ? await readHeader(entry.uid) : ''
    const old = settings.flag('pop3_reuse_xuidl') ? oldId(header) : null
    const id = old ?? expand(pattern, { entry, header, format, uidValidity: mailbox.uidValidity })
    const times = given.get(id) ?? 0
    given.set(id, times + 1)
    ids.push(times > 0 && settings.text('pop3_uidl_duplicates') === 'rename' ? `${id}-${times + 1}` : id)
  }
  return { kind: 'made', ids }

  async function readHeader(uid: MaildropMessage['entry']['uid']): Promise<string> {
    return Buffer.from(await mailbox.readHeader(uid)).toString('latin1')
  }
}

/** X-UIDL, by which another server knew the message. */
function oldId(header: string): string | null {
  const field = findField(readFields(header.replaceAll('\r\n', '\n')), 'X-UIDL')
  return field === undefined ? null : field.text.slice(field.text.indexOf(':') + 1).replace(/^[ \t]+/, '')
}

type Parts = {
  readonly entry: MaildropMessage['entry']
  readonly header: string
  readonly format: 'maildir' | 'mbox'
  readonly uidValidity: number
}

/** `%u` UID, `%v` UIDVALIDITY, `%m` MD5 of the header, `%f` file name, `%g` GUID; `%08Xu`: in hexadecimal, padded. */
function expand(pattern: string, parts: Parts): string {
  return pattern.replace(
    /%(?:(\d+)\.)?(0?)(\d*)([XL]*)([uvmfg%])/g,
    (_all, offset: string | undefined, zero: string, width: string, modifiers: string, key: string) => {
      const value = valueOf(key, parts).slice(Number(offset ?? 0))
      const text = modifiers.includes('X') ? Number(value).toString(16) : value
      const cased = modifiers.includes('L') ? text.toLowerCase() : text
      if (width === '') return cased
      return zero === '0'
        ? cased.padStart(Number(width), '0').slice(-Number(width))
        : cased.slice(0, Number(width))
    },
  )
}

function valueOf(key: string, { entry, header, uidValidity, format }: Parts): string {
  switch (key) {
    case 'u':
      return String(entry.uid)
    case 'v':
      return String(uidValidity)
    case 'm':
      return createHash('md5').update(md5Header(header), 'latin1').digest('hex')
    case 'f':
      return entry.guid
    case 'g':
      // An mbox gives none of its own.
      return format === 'mbox'
        ? createHash('md5').update(`${uidValidity}.${entry.uid}`).digest('hex')
        : entry.guid
    default:
      return '%'
  }
}

/** Of the header, what `mbox_md5 = apop3d` looks at: the values of these fields as they stand. */
function md5Header(header: string): string {
  const fields = readFields(header.replaceAll('\r\n', '\n'))
  const received = fields.find((field) => field.name.toLowerCase() === 'received')
  return fields
    .filter((field) => /^(?:date|message-id|x-delivery-id)$/i.test(field.name) || field === received)
    .map(headerValue)
    .join('')
}
