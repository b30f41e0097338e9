/** Why an answer came out as it did, in English. */
import type { RowFact } from '../cause.ts'
import { together, wordsFor } from '../meaning.ts'
import { settings } from './settings.en.ts'
import type { Words } from './words.ts'

const place = ({ file, line }: RowFact) =>
  file === null ? '' : ` (${file}${line === null ? '' : `:${line}`})`
const row = (fact: RowFact) => `${fact.key} ${fact.value}`.trimEnd()
const who = (user: string | null) => (user === null ? 'somebody who gave no name' : user)

export const causes: Words['causes'] = {
  relay: ({ recipient, client, user }) =>
    `${domain(recipient)} is no domain that this server delivers for or relays for, ${client} is not in mynetworks, and ${user === null ? 'nobody logged in' : `${user}, who logged in, is not let in by the list`}. To carry such mail would make it an open relay.`,
  unlisted: ({ address, maps, tables }) =>
    `${address} belongs to a domain of this server, and ${maps ?? 'the tables of recipients'} ${maps === null ? 'have' : 'has'} nobody of that name${tables.length === 0 ? '' : `. Looked for in: ${tables.join(', ')}`}.`,
  'too-big': () => 'The letter is larger than message_size_limit.',
  row: (fact) => `${fact.item} found this row in ${fact.table}: ${row(fact)}${place(fact)}.`,
  'table-unavailable': ({ table, key }) =>
    `${table} could not be asked about ${key}. Rather than guess, the server asks the client to come again.`,
  'refusing-item': ({ list, item }) => `${item} in ${list} said no; nothing after it was asked.`,
  'permitting-item': ({ list, item }) => `${item} in ${list} said yes; the rest of that list was not asked.`,
  'no-objection': ({ lists }) =>
    `Nothing in ${lists.join(', ')} was against it, and what nobody refuses is taken.`,
  order: ({ verb, state, expected }) =>
    `In the state ${state} ${verb} may not come. What may: ${expected.join(', ')}.`,
  syntax: ({ verb, form }) => `${verb} is written so: ${form}`,
  'unknown-command': ({ word }) => `No command is called ${word}.`,
  'no-command': () => 'A line that begins with no word is no command.',
  'spoke-early': () =>
    'The client sent more before it had heard the answer, where the protocol makes it wait (RFC 2920 §3.1): spam programs do so.',
  'own-trouble': () =>
    'The server has trouble of its own, such as a file or a table that it cannot read. The log says which; the client did nothing wrong.',
  scripted: () => 'This host is scripted: its answers stand in lab.yaml, and it would give them to anybody.',
  expansion: () =>
    'virtual_alias_maps lead from this address to too many others, or round in a circle. The log says which.',
  misconfigured: () =>
    'The operator of this server made a mistake in main.cf or in a table. The log says which; the client is asked to come again.',
  'after-refused-chunk': () =>
    'An earlier chunk of this letter was refused: those that follow are read and thrown away.',
  setting: ({ name, value }) => together(wordsFor(settings, name), `${name} = ${value}`.trimEnd()),
  'login-failed': ({ mechanism, user, reason }) =>
    `${who(user)} tried to log in with ${mechanism}, and the back end said: ${reason}.`,
  'login-unavailable': ({ mechanism, reason }) =>
    `Who is to check ${mechanism} did not answer: ${reason}. The password may be right.`,
  'login-cancelled': ({ mechanism }) => `The client gave the login with ${mechanism} up.`,
  'tls-failed': ({ reason }) => `The TLS handshake failed: ${reason}.`,
  content: (fact) =>
    `The line “${fact.key}” of the letter met a row of ${fact.checks}: ${fact.value}${place(fact)}.`,
  quota: ({ address }) => `The mailbox of ${address} has no room for this letter.`,
  'no-mailbox': ({ address }) => `There is no mailbox for ${address}.`,
  'no-message': ({ number }) =>
    `The mailbox has no letter number ${number}. LIST or STAT tells how many there are.`,
  'message-deleted': ({ number }) =>
    `Letter ${number} was marked by DELE in this session. RSET takes the marks off again.`,
  'message-expunged': ({ number }) => `Letter ${number} was removed meanwhile, by another session.`,
  'no-folder': ({ folder }) =>
    `There is no mailbox called ${folder}. LIST tells which there are; CREATE makes one.`,
  'folder-exists': ({ folder }) => `There is a mailbox called ${folder} already.`,
  'folder-in-use': ({ folder }) => `Others lie below ${folder}: they go first.`,
  'folder-name': ({ why }) => `That is no name for a mailbox: ${why}.`,
  'imap-syntax': ({ why, form }) =>
    `The command is known; its arguments could not be read: ${why}. It is written so: ${form}`,
  'inbox-stays': () => 'INBOX is where letters arrive: it can be neither removed nor given another name.',
  'not-selected': () =>
    'This command is about letters of a mailbox, and none is open. SELECT or EXAMINE opens one.',
  charset: () => 'The server does not know that character set for searches.',
  'too-many-bad-commands': () =>
    'So many commands in this session were no commands that the server does not believe in it any more.',
  'line-too-long': () => 'The line is longer than any command may be.',
  'peer-said': ({ relay, said }) => `The next server, ${relay}, answered: ${said}`,
  'not-connected': ({ relay, why }) => `No connection to ${relay}: ${why}.`,
  'not-resolved': ({ name }) => `DNS does not lead anywhere for ${name}.`,
  'loops-back': () => 'DNS names this very server as the next one, but it does not deliver for that domain.',
  expired: () => 'The letter waited for longer than maximal_queue_lifetime.',
  delivery: ({ status, text }) => `The delivery agent said ${status}: ${text}`,
}

const domain = (address: string) => address.slice(address.lastIndexOf('@') + 1) || address
