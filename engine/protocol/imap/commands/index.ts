/** The commands of IMAP, in the order of RFC 3501 §6, then what came later. */
import { bare, ofMailbox, type ImapGrammar, type Parsed } from '../grammar.ts'
import { append } from './append.ts'
import { authenticate } from './authenticate.ts'
import { cancelupdate } from './cancelupdate.ts'
import { compress } from './compress.ts'
import { copy, move } from './copy.ts'
import { enable } from './enable.ts'
import { expunge } from './expunge.ts'
import { fetch } from './fetch.ts'
import { id } from './id.ts'
import { list, lsub, xlist } from './list.ts'
import { login } from './login.ts'
import { notify } from './notify.ts'
import { getquota, getquotaroot, setquota } from './quota.ts'
import { rename } from './rename.ts'
import { search } from './search.ts'
import { examine, select } from './select.ts'
import { sort, thread } from './sort.ts'
import { status } from './status.ts'
import { store } from './store.ts'

export const commands = {
  CAPABILITY: bare('CAPABILITY', 'RFC 3501 §6.1.1'),
  NOOP: bare('NOOP', 'RFC 3501 §6.1.2'),
  LOGOUT: bare('LOGOUT', 'RFC 3501 §6.1.3'),
  STARTTLS: bare('STARTTLS', 'RFC 3501 §6.2.1'),
  AUTHENTICATE: authenticate,
  LOGIN: login,
  SELECT: select,
  EXAMINE: examine,
  CREATE: ofMailbox('CREATE', 'RFC 3501 §6.3.3'),
  DELETE: ofMailbox('DELETE', 'RFC 3501 §6.3.4'),
  RENAME: rename,
  SUBSCRIBE: ofMailbox('SUBSCRIBE', 'RFC 3501 §6.3.6'),
  UNSUBSCRIBE: ofMailbox('UNSUBSCRIBE', 'RFC 3501 §6.3.7'),
  LIST: list,
  LSUB: lsub,
  STATUS: status,
  APPEND: append,
  CHECK: bare('CHECK', 'RFC 3501 §6.4.1'),
  CLOSE: bare('CLOSE', 'RFC 3501 §6.4.2'),
  EXPUNGE: expunge,
  SEARCH: search,
  FETCH: fetch,
  STORE: store,
  COPY: copy,
  IDLE: bare('IDLE', 'RFC 2177 §3'),
  NAMESPACE: bare('NAMESPACE', 'RFC 2342 §5'),
  ID: id,
  UNSELECT: bare('UNSELECT', 'RFC 3691 §2'),
  ENABLE: enable,
  MOVE: move,
  SORT: sort,
  THREAD: thread,
  CANCELUPDATE: cancelupdate,
  NOTIFY: notify,
  GETQUOTAROOT: getquotaroot,
  GETQUOTA: getquota,
  SETQUOTA: setquota,
  XLIST: xlist,
  COMPRESS: compress,
} as const

export type ImapName = keyof typeof commands
type CommandOf<G> = G extends ImapGrammar<infer C> ? C : never
export type ImapCommand = { [N in ImapName]: CommandOf<(typeof commands)[N]> }[ImapName]
export type ImapCommandOf<N extends ImapName> = CommandOf<(typeof commands)[N]>

export const imapNames = Object.keys(commands) as readonly ImapName[]

export const isImapName = (word: string): word is ImapName => Object.hasOwn(commands, word)

/** Those that may come as `UID FETCH …`. */
export const uidNames: ReadonlySet<string> = new Set<ImapName>([
  'FETCH',
  'STORE',
  'SEARCH',
  'COPY',
  'MOVE',
  'EXPUNGE',
  'SORT',
  'THREAD',
])

export type ImapParsed = Parsed<ImapCommand>
