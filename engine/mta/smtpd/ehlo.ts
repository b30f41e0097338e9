/**
 * The lines of the reply to EHLO, in Postfix's order: what is switched on, and not hidden from this client.
 *
 * postconf(5): smtpd_discard_ehlo_keywords, smtpd_discard_ehlo_keyword_address_maps.
 */
import { xclientAttributes } from '#protocol/smtp/commands/xclient.ts'
import { xforwardAttributes } from '#protocol/smtp/commands/xforward.ts'
import { extension, writeExtension } from '#protocol/smtp/extensions.ts'
import type { Extension } from '#protocol/smtp/extensions.ts'
import type { Client } from './client.ts'
import type { Postfix } from '#mta/postfix.ts'
import type { SmtpdSession } from './handler.ts'
import { hasClient, isReadable } from './lists.ts'
import { saslActive, shownMechanisms } from './sasl.ts'
import type { SmtpdSettings } from './settings.ts'

export async function ehloLines(session: SmtpdSession): Promise<readonly string[]> {
  const shown = (await extensions(session)).filter(
    ({ keyword }) => !session.discards.has(keyword.toLowerCase().replace(/=.*/, '')),
  )
  return [session.settings.myhostname, ...shown.map(writeExtension)]
}

async function extensions(session: SmtpdSession): Promise<readonly Extension[]> {
  const { settings, trusted, now } = session
  const { messageSizeLimit, tls } = settings
  const list: Extension[] = [extension('PIPELINING')]
  list.push(messageSizeLimit > 0 ? extension('SIZE', String(messageSizeLimit)) : extension('SIZE'))
  if (settings.disableVrfy === 'no') list.push(extension('VRFY'))
  list.push(extension('ETRN'))
  if (tls.level !== 'none' && now.tls === null) list.push(extension('STARTTLS'))
  list.push(...(await authExtensions(session)))
  if (trusted.verp) list.push(extension('XVERP'))
  if (trusted.xclient) list.push(extension('XCLIENT', ...xclientAttributes))
  if (trusted.xforward) list.push(extension('XFORWARD', ...xforwardAttributes))
  list.push(extension('ENHANCEDSTATUSCODES'), extension('8BITMIME'), extension('DSN'))
  if (settings.smtputf8 === 'yes') list.push(extension('SMTPUTF8'))
  list.push(extension('CHUNKING'))
  return list
}

async function authExtensions(session: SmtpdSession): Promise<readonly Extension[]> {
  const { settings, postfix, now } = session
  if (!saslActive(session) || (await hasClient(postfix, settings.sasl.exceptions, now.client))) return []
  const [first, ...others] = await shownMechanisms(session)
  if (first === undefined) return []
  const auth = extension('AUTH', first, ...others)
  return settings.sasl.brokenClients === 'yes' ? [auth, extension(`AUTH=${first}`, ...others)] : [auth]
}

/** Whether every list that decides what EHLO shows could be asked. */
export async function canTellExtensions(session: SmtpdSession): Promise<boolean> {
  const { settings, postfix, now } = session
  const { clients, sasl, discardMaps } = settings
  const lists = [
    clients.xclient,
    clients.xforward,
    clients.verp,
    ...(sasl.enabled === 'yes' ? [sasl.exceptions] : []),
  ]
  for (const list of lists) if (!(await isReadable(session, list))) return false
  for (const name of discardMaps) {
    if ((await postfix.tables.open(name).lookup(now.client.address)).outcome === 'unavailable') return false
  }
  return true
}

/** Keywords hidden from this client, in lower case. */
export async function discardedKeywords(
  postfix: Postfix,
  settings: SmtpdSettings,
  client: Client,
): Promise<ReadonlySet<string>> {
  for (const name of settings.discardMaps) {
    const found = await postfix.tables.open(name).lookup(client.address)
    if (found.outcome === 'found') return keywords(found.value.split(/[\s,]+/))
  }
  return keywords(settings.discardKeywords)
}

/** Where no mail is wanted, EHLO shows how refusals are numbered, and nothing else. */
export const allButStatuses: ReadonlySet<string> = new Set(
  'pipelining size vrfy etrn starttls auth xverp xclient xforward 8bitmime dsn smtputf8 chunking'.split(' '),
)

const keywords = (words: readonly string[]) =>
  new Set(words.map((word) => word.toLowerCase()).filter((word) => word !== '' && word !== 'silent-discard'))
