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
    if (word === 'NONE') {
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
    if (groups.filter(({ scope }) => isSelected(scope)).length > 1) return bad('Duplicate selected filter')
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

const isSelected = (scope: NotifyScope): boolean => scope === 'selected' || scope === 'selected-delayed'

function readEvents(group: NotifyGroup, args: readonly Argument[]): NotifyGroup | Refused {
  const events: NotifyEvent[] = []
  const foreign: string[] = []
  let fetch: readonly FetchItem[] = []
  for (let at = 0; at < args.length; at++) {
    const word = atom(args[at])
    const is = (known: string) => known.toLowerCase() === word?.toLowerCase()
    const event = notifyEvents.find(is)
    const other = unsupported.find(is)
    if (event !== undefined) events.push(event)
    else if (other !== undefined) foreign.push(other)
    else return bad('Invalid arguments')
    if (event === 'MessageNew' && isSelected(group.scope) && list(args[at + 1]) !== null) {
      const items = readFetchItems(args[++at])
      if (!items.ok) return bad(`Invalid fetch-att list: ${items.message}`)
      fetch = items.items
    }
  }
  if (events.length + foreign.length === 0) return bad('Invalid arguments')
  if (foreign.length > 0) return no(`BADEVENT ${foreign.join(' ')}`, 'Unsupported NOTIFY events')
  if (isSelected(group.scope)) {
    const [fresh, gone] = [events.includes('MessageNew'), events.includes('MessageExpunge')]
    if (fresh !== gone) return bad('MessageNew and MessageExpunge must be together')
    if (!fresh && events.includes('FlagChange'))
      return bad('FlagChange requires MessageNew and MessageExpunge')
  }
  return { ...group, events, fetch }
}
