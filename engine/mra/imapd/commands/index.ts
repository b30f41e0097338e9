/** What the server does at each command, in the order of RFC 3501 §6, then what came later. */
import type { ImapCommandOf, ImapName } from '#protocol/imap/commands/index.ts'
import type { ImapHandler } from '../outcome.ts'
import { append } from './append.ts'
import { copy } from './copy.ts'
import { expunge } from './expunge.ts'
import { fetch } from './fetch.ts'
import { id } from './id.ts'
import { list } from './list.ts'
import { create, remove, rename, subscribe, unsubscribe } from './mailboxes.ts'
import { getquota, getquotaroot } from './quota.ts'
import { cancelupdate, search, sort, thread } from './search.ts'
import { check, close, noop, select, unselect } from './select.ts'
import { capability, compress, enable, logout, namespace, notify } from './session.ts'
import { status } from './status.ts'
import { store } from './store.ts'

export const handlers: { readonly [N in ImapName]?: ImapHandler<ImapCommandOf<N>> } = {
  CAPABILITY: capability,
  NOOP: noop,
  LOGOUT: logout,
  SELECT: select,
  EXAMINE: select,
  CREATE: create,
  DELETE: remove,
  RENAME: rename,
  SUBSCRIBE: subscribe,
  UNSUBSCRIBE: unsubscribe,
  LIST: list,
  LSUB: list,
  STATUS: status,
  APPEND: append,
  CHECK: check,
  CLOSE: close,
  EXPUNGE: expunge,
  SEARCH: search,
  FETCH: fetch,
  STORE: store,
  COPY: copy,
  NAMESPACE: namespace,
  ID: id,
  UNSELECT: unselect,
  ENABLE: enable,
  MOVE: copy,
  SORT: sort,
  THREAD: thread,
  CANCELUPDATE: cancelupdate,
  NOTIFY: notify,
  GETQUOTAROOT: getquotaroot,
  GETQUOTA: getquota,
  SETQUOTA: getquota,
  XLIST: list,
  COMPRESS: compress,
}
