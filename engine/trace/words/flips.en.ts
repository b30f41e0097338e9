/** What would have turned an answer around, in English. */
import type { Words } from './words.ts'

export const flips: Words['flips'] = {
  authenticated: () => 'If the client had logged in with AUTH first.',
  'not-authenticated': () => 'If the client had not logged in.',
  encrypted: () => 'If the session were encrypted: STARTTLS first.',
  here: () => 'If the letter came from this server itself (127.0.0.1).',
  outside: ({ address }) => `If the client were a stranger, such as ${address}.`,
  named: ({ address }) => `If ${address} had a name in DNS that leads back to it.`,
  'full-helo': () => 'If the client gave a full host name in HELO.',
  'null-sender': () => 'If the sender were the null sender, <>.',
  'sender-here': ({ domain }) => `If the sender were in ${domain}.`,
  'recipient-here': ({ domain }) => `If the recipient were someone in ${domain}, a domain of this server.`,
  'recipient-elsewhere': ({ recipient }) => `If the recipient were ${recipient}, for whom others deliver.`,
  'recipient-unknown': ({ recipient }) => `If the recipient were ${recipient}, whom nobody here is.`,
  before: ({ lines }) => `If this were sent: ${lines.join(', then ')}.`,
  instead: ({ line }) => `If the command were: ${line}`,
  network: ({ address }) => `If ${address} were in mynetworks.`,
  relayed: ({ domain }) => `If ${domain} were in relay_domains, and so relayed for.`,
  delivered: ({ domain }) => `If ${domain} were in mydestination, and so delivered here.`,
  'unlisted-accepted': ({ recipient }) =>
    `If unknown recipients were not refused (smtpd_reject_unlisted_recipient = no): the letter to ${recipient} would bounce later.`,
  'begins-with': ({ list, item }) => `If ${list} began with ${item}.`,
  'without-item': ({ list, item }) => `If ${list} did not have ${item}.`,
  'warns-only': ({ item }) => `If ${item} only warned: warn_if_reject before it.`,
  setting: ({ name, value }) =>
    value === '' ? `If main.cf left ${name} empty.` : `If main.cf said ${name} = ${value}.`,
  'without-row': ({ table, key }) => `If ${table} had no row for ${key}.`,
  'row-says': ({ table, key, value }) => `If the row for ${key} in ${table} said ${value}.`,
  'without-line': ({ line }) => `If the letter did not have the line “${line}”.`,
  row: ({ table, key, value }) => `If ${table} had the row: ${key} ${value}`,
}
