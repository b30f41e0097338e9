/**
 * What the server says that it can do, before login and after.
 *
 * RFC 3501 §6.1.1. The lists are Dovecot's; imap_capability may change the second.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Names } from './names.ts'
import { hasQuota } from './quota.ts'

const beforeLogin = 'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE'
const literals = 'LITERAL+'

const afterLogin =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS ' +
  'THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED ' +
  'I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE ' +
  'SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE'

export type LoginFacts = {
  /** imap_capability: `+` adds to the list, anything else is the list. */
  readonly set: string
  readonly startTls: 'possible' | 'not-possible'
  readonly plaintext: 'refused' | 'allowed'
  readonly mechanisms: readonly string[]
}

export function loginCapabilities({ set, startTls, plaintext, mechanisms }: LoginFacts): string {
  return [
    changed(beforeLogin, set, literals),
    ...(startTls === 'possible' ? ['STARTTLS'] : []),
    ...(plaintext === 'refused' ? ['LOGINDISABLED'] : []),
    ...mechanisms.map((mechanism) => `AUTH=${mechanism}`),
  ].join(' ')
}

export function sessionCapabilities(settings: DovecotSettings, names: Names): string {
  const specialUse = names.configured.some((mailbox) => mailbox.specialUse.length > 0)
  const later = [
    literals,
    'NOTIFY',
    ...(specialUse ? ['SPECIAL-USE'] : []),
    ...(hasQuota(settings) ? ['QUOTA'] : []),
    ...(settings.list('mail_plugins').includes('imap_zlib') ? ['COMPRESS=DEFLATE'] : []),
  ]
  return changed(afterLogin, settings.text('imap_capability').trim(), later.join(' '))
}

/** `later`: what the server finds out only when it runs, and says last. */
function changed(standard: string, set: string, later: string): string {
  if (set === '') return `${standard} ${later}`
  return set.startsWith('+') ? `${standard} ${set.slice(1).trim()} ${later}` : set
}

/** Whether the client was told of it: what this server can do beyond Dovecot's it does only for those. */
export const announces = (settings: DovecotSettings, names: Names, extension: string): boolean =>
  sessionCapabilities(settings, names).toUpperCase().split(' ').includes(extension)
