/**
 * What the server says that it can do, before login and after.
 *
 * RFC 3501 §6.1.1. The lists are Dovecot's; imap_capability may change the second.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Names } from './names.ts'
import { hasQuota } from './quota.ts'

const beforeLogin = 'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE'
/** Of literals without waiting: of any size, or small ones only. RFC 7888. */
const literals = (settings: DovecotSettings): string =>
  settings.flag('imap_literal_minus') ? 'LITERAL-' : 'LITERAL+'

const afterLogin =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS ' +
  'THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED ' +
  'I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE ' +
  'SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE'

export type LoginFacts = {
  readonly settings: DovecotSettings
  readonly startTls: 'possible' | 'not-possible'
  readonly plaintext: 'refused' | 'allowed'
  readonly mechanisms: readonly string[]
}

export function loginCapabilities({ settings, startTls, plaintext, mechanisms }: LoginFacts): string {
  return [
    changed(beforeLogin, settings.text('imap_capability').trim(), literals(settings)),
    ...(startTls === 'possible' ? ['STARTTLS'] : []),
    ...(plaintext === 'refused' ? ['LOGINDISABLED'] : []),
    ...mechanisms.map((mechanism) => `AUTH=${mechanism}`),
  ].join(' ')
}

export function sessionCapabilities(settings: DovecotSettings, names: Names): string {
  const specialUse = names.configured.some((mailbox) => mailbox.specialUse.length > 0)
  const later = [
    literals(settings),
    'NOTIFY',
    ...(specialUse ? ['SPECIAL-USE'] : []),
    ...(hasQuota(settings) ? ['QUOTA'] : []),
    ...(settings.list('mail_plugins').includes('imap_zlib') ? ['COMPRESS=DEFLATE'] : []),
  ]
  return changed(afterLogin, settings.text('imap_capability').trim(), later.join(' '))
}

/** `set`: imap_capability; `+` adds to the list, anything else is the list. `later`: what the server finds out only when it runs, and says last. */
function changed(standard: string, set: string, later: string): string {
  if (set === '') return `${standard} ${later}`
  return set.startsWith('+') ? `${standard} ${set.slice(1).trim()} ${later}` : set
}

/** Whether the client was told of it: what this server can do beyond Dovecot's it does only for those. */
export const announces = (settings: DovecotSettings, names: Names, extension: string): boolean =>
  sessionCapabilities(settings, names).toUpperCase().split(' ').includes(extension)
