/**
 * What the server says that it can do, before login and after.
 *
 * RFC 3501 §6.1.1. The lists are Dovecot's; imap_capability may change the second.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Names } from './names.ts'
import { hasQuota } from './quota.ts'

const beforeLogin = 'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+'

const afterLogin =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS ' +
  'THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED ' +
  'I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE ' +
  'SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY'

export type LoginFacts = {
  readonly startTls: 'possible' | 'not-possible'
  readonly plaintext: 'refused' | 'allowed'
  readonly mechanisms: readonly string[]
}

export function loginCapabilities({ startTls, plaintext, mechanisms }: LoginFacts): string {
  return [
    beforeLogin,
    ...(startTls === 'possible' ? ['STARTTLS'] : []),
    ...(plaintext === 'refused' ? ['LOGINDISABLED'] : []),
    ...mechanisms.map((mechanism) => `AUTH=${mechanism}`),
  ].join(' ')
}

export function sessionCapabilities(settings: DovecotSettings, names: Names): string {
  const specialUse = names.configured.some((mailbox) => mailbox.specialUse.length > 0)
  const standard = [
    afterLogin,
    ...(specialUse ? ['SPECIAL-USE'] : []),
    ...(hasQuota(settings) ? ['QUOTA'] : []),
  ].join(' ')
  const set = settings.text('imap_capability').trim()
  if (set === '') return standard
  return set.startsWith('+') ? `${standard} ${set.slice(1).trim()}` : set
}
