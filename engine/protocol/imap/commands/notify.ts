/**
 * NOTIFY: of which mailboxes, and of which events in them, the client wants to hear without asking.
 *
 * RFC 5465.
 */
import { readFetchItems, type FetchItem } from '../fetch-item.ts'
import { bad, no, type ImapGrammar, type Refused } from '../grammar.ts'
import { astring, atom, list, type Argument } from '../tokens.ts'

export const notifyEvents = [
  'MessageNew',
  'MessageExpunge',
  'FlagChange',
  'MailboxName',
  'SubscriptionChange',
] as const
export type NotifyEvent = (typeof notifyEvents)[number]
/** Known to the standard, not to this server. */
const unsupported = ['AnnotationChange', 'MailboxMetadataChange', 'ServerMetadataChange']

export type NotifyScope =
  'selected' | 'selected-delayed' | 'inboxes' | 'personal' | 'subscribed' | 'subtree' | 'mailboxes'

export type NotifyGroup = {
  readonly scope: NotifyScope
  /** For subtree and mailboxes. */
  readonly names: readonly string[]
  readonly events: readonly NotifyEvent[]
  /** What is fetched of a new message in the open mailbox. */
  readonly fetch: readonly FetchItem[]
}

export type Notify = {
  readonly name: 'NOTIFY'
  readonly groups: readonly NotifyGroup[]
  /** Whether the client wants to hear first how things stand. */
  readonly status: 'asked' | 'not-asked'
}

const scopes: readonly NotifyScope[] = [
  'selected',
  'selected-delayed',
  'inboxes',
  'personal',
  'subscribed',
  'subtree',
  'mailboxes',
]

export const notify: ImapGrammar<Notify> = {
  name: 'NOTIFY',
  syntax: 'NOTIFY NONE | SET [STATUS] (SELECTED (MessageNew MessageExpunge …)) …',
  rfc: 'RFC 5465 §3.1',
  parse(args) {
    const word = atom(args[0])?.toUpperCase()
    if (word === 'NONE' && args.length === 1) {
      return { ok: true, command: { name: 'NOTIFY', groups: [], status: 'not-asked' } }
    }
    if (word !== 'SET') return bad('Invalid arguments')
    const asked = atom(args[1])?.toUpperCase() === 'STATUS'
    const groups: NotifyGroup[] = []
    for (const arg of args.slice(asked ? 2 : 1)) {
      const group = readGroup(arg)
      if ('ok' in group) return group
      groups.push(group)
    }
    return { ok: true, command: { name: 'NOTIFY', groups, status: asked ? 'asked' : 'not-asked' } }
  },
}

function readGroup(arg: Argument): NotifyGroup | Refused {
  const items = list(arg)
  const scope = scopes.find((known) => known === atom(items?.[0])?.toLowerCase())
  if (items === null || scope === undefined) return bad('Invalid arguments')
  const named = scope === 'subtree' || scope === 'mailboxes'
  const names = named ? (list(items[1]) ?? items.slice(1, 2)).flatMap((name) => astring(name) ?? []) : []
  if (named && names.length === 0) return bad('Invalid arguments')
  const rest = items.slice(named ? 2 : 1)
  if (rest.length === 1 && atom(rest[0])?.toUpperCase() === 'NONE')
    return { scope, names, events: [], fetch: [] }
  const events = list(rest[0])
  if (events === null || rest.length !== 1) return bad('Invalid arguments')
  return readEvents({ scope, names, events: [], fetch: [] }, events)
}

function readEvents(group: NotifyGroup, args: readonly Argument[]): NotifyGroup | Refused {
  const events: NotifyEvent[] = []
  let fetch: readonly FetchItem[] = []
  for (let at = 0; at < args.length; at++) {
    const word = atom(args[at])
    const event = notifyEvents.find((known) => known.toLowerCase() === word?.toLowerCase())
    if (event === undefined) {
      const other = unsupported.find((known) => known.toLowerCase() === word?.toLowerCase())
      return other === undefined
        ? bad('Invalid arguments')
        : no(`BADEVENT ${other}`, 'Unsupported NOTIFY events')
    }
    events.push(event)
    if (event === 'MessageNew' && list(args[at + 1]) !== null) {
      const items = readFetchItems(args[++at])
      if (!items.ok) return items
      fetch = items.items
    }
  }
  const selected = group.scope === 'selected' || group.scope === 'selected-delayed'
  if (selected && events.includes('MessageNew') !== events.includes('MessageExpunge')) {
    return bad('MessageNew and MessageExpunge must be together')
  }
  return { ...group, events, fetch }
}
