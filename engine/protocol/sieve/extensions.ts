/**
 * Every extension, and what it brings: to add one, write its commands and tests in files of their own, and name them here.
 *
 * RFC 5228 §2.10.5, §3.2.
 */
import type { ExtensionTable } from './compilation.ts'
import { discard, redirect, stop } from './commands/basic.ts'
import { addheader, deleteheader } from './commands/edit-header.ts'
import { debug_log, error } from './commands/error.ts'
import { addflag, flagsTag, removeflag, setflag } from './commands/flags.ts'
import { exportNames, global, importNames, include, returnFrom } from './commands/include.ts'
import { notify } from './commands/notify.ts'
import { breakLoop, extracttext, foreverypart } from './commands/parts.ts'
import { reject } from './commands/reject.ts'
import { set } from './commands/set.ts'
import { copyTag, createTag, fileinto, keep, specialUseTag } from './commands/store.ts'
import { vacation } from './commands/vacation.ts'
import type { Specification } from './specification.ts'
import { address } from './tests/address.ts'
import { alwaysFalse, alwaysTrue, exists, size } from './tests/basic.ts'
import { body } from './tests/body.ts'
import { currentdate, date } from './tests/date.ts'
import { duplicate } from './tests/duplicate.ts'
import { envelope } from './tests/envelope.ts'
import { environment } from './tests/environment.ts'
import { hasflag } from './tests/hasflag.ts'
import { header } from './tests/header.ts'
import { anychildTag, indexTag, lastTag, mimeOptionTag, mimeTag } from './tests/header-options.ts'
import { ihave } from './tests/ihave.ts'
import { mailboxexists, specialuse_exists } from './tests/mailbox.ts'
import { notify_method_capability, valid_notify_method } from './tests/notify.ts'
import { string } from './tests/string.ts'

/** Known without any `require`. if, elsif, else, require, not, allof and anyof are the validator's own. */
export const core: readonly Specification[] = [
  keep,
  discard,
  redirect,
  stop,
  header,
  address,
  exists,
  size,
  alwaysTrue,
  alwaysFalse,
]

const fields = ['header', 'address', 'date']

export const extensions: ExtensionTable = {
  fileinto: { commands: [fileinto] },
  reject: { commands: [reject] },
  envelope: { commands: [envelope] },
  'encoded-character': {},
  vacation: { commands: [vacation] },
  'vacation-seconds': { commands: [vacation] },
  subaddress: {},
  'comparator-i;ascii-numeric': {},
  relational: {},
  regex: {},
  imap4flags: {
    commands: [setflag, addflag, removeflag, hasflag],
    tags: [{ on: ['keep', 'fileinto'], tag: flagsTag }],
  },
  copy: { tags: [{ on: ['fileinto', 'redirect'], tag: copyTag }] },
  include: { commands: [include, returnFrom, global, importNames, exportNames] },
  variables: { commands: [set, string] },
  body: { commands: [body] },
  enotify: { commands: [notify, valid_notify_method, notify_method_capability] },
  environment: { commands: [environment] },
  mailbox: { commands: [mailboxexists], tags: [{ on: ['fileinto'], tag: createTag }] },
  date: { commands: [date, currentdate] },
  index: {
    tags: [
      { on: fields, tag: indexTag },
      { on: fields, tag: lastTag },
    ],
  },
  ihave: { commands: [ihave, error] },
  duplicate: { commands: [duplicate] },
  mime: {
    tags: [
      { on: ['header', 'address', 'exists'], tag: mimeTag },
      { on: ['header', 'address', 'exists'], tag: anychildTag },
      { on: ['header'], tag: mimeOptionTag },
    ],
  },
  foreverypart: { commands: [foreverypart, breakLoop] },
  extracttext: { commands: [extracttext], needs: ['variables', 'foreverypart'] },
  editheader: { commands: [addheader, deleteheader] },
  'special-use': {
    commands: [specialuse_exists],
    tags: [{ on: ['fileinto'], tag: specialUseTag }],
  },
  'vnd.dovecot.debug': { commands: [debug_log] },
}

/** What ManageSieve announces, in Pigeonhole's order: all that `sieve_extensions` has on when it is not set. */
export const standardExtensions: readonly string[] =
  'fileinto reject envelope encoded-character vacation subaddress comparator-i;ascii-numeric relational regex imap4flags copy include variables body enotify environment mailbox date index ihave duplicate mime foreverypart extracttext'.split(
    ' ',
  )

/** On, but not announced. */
export const quietExtensions: readonly string[] = ['vnd.dovecot.debug']

/** `sieve_extensions = +special-use -reject`, or a list that replaces all. '' means the standard ones. */
export function extensionsOn(setting: string): readonly string[] {
  const words = setting.split(/[ \t]+/).filter((word) => word !== '')
  const relative = words.every((word) => /^[+-]/.test(word))
  const on = new Set(relative ? standardExtensions : [])
  for (const word of words) {
    const name = word.replace(/^[+-]/, '')
    if (!Object.hasOwn(extensions, name)) continue
    if (word.startsWith('-')) on.delete(name)
    else on.add(name)
  }
  return [...on].sort((a, b) => place(a) - place(b))
}

/** In the order in which Pigeonhole registers them. */
const order = [...standardExtensions, 'vacation-seconds', 'editheader', 'special-use']
const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length)
