/**
 * Where everything on the stage stands: offices side by side, each with its servers above and its people's machines
 * below, DNS above them all. Numbers in, numbers out; the same lab always has the same map.
 */
import type { QueueName } from '#trace/world.ts'
import { placeClient, placeServer } from './inside.ts'

export type Point = { readonly x: number; readonly y: number }
export type Box = Point & { readonly width: number; readonly height: number }

export type StageHost = {
  readonly name: string
  readonly address: string
  readonly services: readonly { readonly name: string; readonly port: number }[]
  readonly users: readonly string[]
  readonly scripted: boolean
}

export type Door = Point & {
  readonly port: number
  readonly service: string
  readonly side: 'left' | 'right' | 'bottom' | 'inside'
}
export type Part = { readonly id: string; readonly box: Box }

export type PlacedHost = {
  readonly host: StageHost
  readonly box: Box
  readonly kind: 'server' | 'client'
  readonly open: boolean
  readonly doors: readonly Door[]
  /** Daemons and delivery agents, by name. */
  readonly parts: readonly Part[]
  readonly trays: readonly { readonly queue: QueueName; readonly box: Box }[]
  readonly mailboxes: readonly { readonly user: string; readonly box: Box }[]
}

export type StageLayout = {
  readonly width: number
  readonly height: number
  readonly hosts: ReadonlyMap<string, PlacedHost>
  readonly offices: readonly { readonly name: string; readonly box: Box }[]
  /** The names and addresses of the lab: the card of the name server, where a host is one. */
  readonly dns: { readonly box: Box; readonly host: string | null }
  /** Real programs outside the lab, by address. */
  readonly outside: ReadonlyMap<string, Box>
  /** Free lanes for lines: above the servers, and between servers and clients. */
  readonly lanes: { readonly top: number; readonly middle: number }
}

export type StageInput = {
  readonly hosts: readonly StageHost[]
  readonly outside: readonly string[]
  readonly width: number
  readonly height: number
  /** Servers that the learner opened or closed by hand; others open when there is room. */
  readonly wish: ReadonlyMap<string, boolean>
}

const gutter = 42
const clientSize = { width: 152, height: 48 }
const dnsSize = { width: 190, height: 34 }
const openWidth = 254
const closedWidth = 176
const tallest = 380
const shortest = 214
const closedHeight = 96

export const isServer = (host: StageHost): boolean => host.services.length > 0 || host.scripted

/** The organisation that a host belongs to: mail.example.com is of example.com. */
export const officeOf = (name: string): string => name.split('.').slice(-2).join('.')

/** A host that does nothing but answer DNS is drawn as the card to which all lookups go. */
export const isNameServer = (host: StageHost): boolean =>
  host.services.length > 0 && host.services.every(({ name }) => name === 'dns')

export function layoutStage(input: StageInput): StageLayout {
  const servers = input.hosts.filter((host) => isServer(host) && !isNameServer(host))
  const clients = input.hosts.filter((host) => !isServer(host))
  const narrow = input.width < 2 * closedWidth + 3 * gutter
  const open = opened(servers, input, narrow)
  return narrow ? stacked(input, servers, clients, open) : abreast(input, servers, clients, open)
}

/** As many servers are open as there is room for; what the learner said comes first. */
function opened(
  servers: readonly StageHost[],
  { width, wish }: StageInput,
  narrow: boolean,
): ReadonlySet<string> {
  const open = new Set<string>()
  const wished = servers.filter((host) => wish.get(host.name) === true && !host.scripted)
  const free = servers.filter((host) => !wish.has(host.name) && !host.scripted)
  let room = narrow
    ? 1
    : Math.max(
        1,
        Math.floor((width - gutter - servers.length * (closedWidth + gutter)) / (openWidth - closedWidth)),
      )
  for (const host of wished) {
    open.add(host.name)
    room -= 1
  }
  for (const host of free) {
    if (room <= 0) break
    open.add(host.name)
    room -= 1
  }
  return open
}

function abreast(
  input: StageInput,
  servers: readonly StageHost[],
  clients: readonly StageHost[],
  open: ReadonlySet<string>,
): StageLayout {
  const { width } = input
  const roomy = input.height > 440
  const dns: Box = {
    x: (width - dnsSize.width) / 2,
    y: 6,
    width: dnsSize.width,
    height: roomy ? dnsSize.height : 26,
  }
  const serverTop = dns.y + dns.height + (roomy ? 34 : 24)
  const below = roomy ? 44 : 34
  const spare = input.height - serverTop - below - clientSize.height - 14
  const serverHeight = Math.max(shortest, Math.min(tallest, spare))
  const clientTop = serverTop + serverHeight + below
  const ordered = [...servers].sort((a, b) => firstOf(input.hosts, a) - firstOf(input.hosts, b))
  const closedCount = ordered.filter((host) => !open.has(host.name)).length
  const openCount = ordered.length - closedCount
  const left = width - gutter * (ordered.length + 1) - closedCount * closedWidth
  const each = openCount === 0 ? 0 : Math.min(380, Math.max(openWidth, left / openCount))
  const used = openCount * each + closedCount * closedWidth + gutter * Math.max(0, ordered.length - 1)
  const hosts = new Map<string, PlacedHost>()
  let x = Math.max(gutter, (width - used) / 2)
  for (const host of ordered) {
    const isOpen = open.has(host.name)
    const box = isOpen
      ? { x, y: serverTop, width: each, height: serverHeight }
      : { x, y: serverTop + 24, width: closedWidth, height: closedHeight }
    hosts.set(host.name, placeServer(host, box, isOpen ? 'bottom' : 'closed'))
    x += box.width + gutter
  }
  const { outside, offices, bottom } = placeBelow(hosts, clients, input.outside, { top: clientTop, width })
  return {
    width: Math.max(width, x - gutter + 12),
    height: bottom + 14,
    hosts,
    offices,
    dns: { box: dns, host: input.hosts.find(isNameServer)?.name ?? null },
    outside,
    lanes: { top: serverTop - 16, middle: serverTop + serverHeight + below / 2 },
  }
}

/** A telephone: one thing under the other, clients first, as a letter travels. */
function stacked(
  input: StageInput,
  servers: readonly StageHost[],
  clients: readonly StageHost[],
  open: ReadonlySet<string>,
): StageLayout {
  const hosts = new Map<string, PlacedHost>()
  const dns: Box = { x: gutter, y: 6, width: input.width - 2 * gutter, height: 34 }
  const width = input.width - 2 * gutter
  let y = 74
  for (const host of servers) {
    const isOpen = open.has(host.name)
    const box = { x: gutter, y, width, height: isOpen ? 290 : closedHeight }
    hosts.set(host.name, placeServer(host, box, isOpen ? 'right' : 'closed'))
    y += box.height + 26
  }
  const middle = y - 12
  const names = [...clients.map((host) => host.name), ...input.outside]
  const boxes = names.map((_, i) => ({
    x: gutter + (i % 2) * (width / 2 + 4),
    y: y + 6 + Math.floor(i / 2) * (clientSize.height + 10),
    width: width / 2 - 4,
    height: clientSize.height,
  }))
  const outside = new Map<string, Box>()
  boxes.forEach((box, i) => {
    const client = clients[i]
    if (client) hosts.set(client.name, placeClient(client, box))
    else outside.set(names[i] ?? '', box)
  })
  const height = (boxes.at(-1)?.y ?? y) + clientSize.height + 12
  return {
    width: input.width,
    height,
    hosts,
    offices: [],
    dns: { box: dns, host: input.hosts.find(isNameServer)?.name ?? null },
    outside,
    lanes: { top: 58, middle },
  }
}

const firstOf = (hosts: readonly StageHost[], host: StageHost): number =>
  hosts.findIndex((other) => officeOf(other.name) === officeOf(host.name))

/** Machines of an office stand under its server; the others, and programs from outside, in the free places of the row. */
function placeBelow(
  hosts: Map<string, PlacedHost>,
  clients: readonly StageHost[],
  addresses: readonly string[],
  { top, width }: { top: number; width: number },
): { outside: ReadonlyMap<string, Box>; offices: StageLayout['offices']; bottom: number } {
  const strangers = placeAtHome(hosts, clients, top)
  const offices = officesOf(hosts)
  const taken = offices.map(({ box }) => box)
  const edge = Math.max(0, ...[...hosts.values()].map(({ box }) => box.x + box.width)) + 10
  const count = strangers.length + addresses.length
  // Under the servers where that is enough, else to the edge of the stage.
  const near = freePlaces(count, taken, top, Math.min(width - 10, edge))
  const boxes = near.every(({ y }) => y === top) ? near : freePlaces(count, taken, top, width - 10)
  strangers.forEach((client, i) => {
    const box = boxes[i]
    if (box) hosts.set(client.name, placeClient(client, box))
  })
  const outside = new Map<string, Box>()
  addresses.forEach((address, i) => {
    const box = boxes[strangers.length + i]
    if (box) outside.set(address, box)
  })
  return { outside, offices, bottom: Math.max(top, ...boxes.map(({ y }) => y)) + clientSize.height }
}

function freePlaces(count: number, taken: readonly Box[], top: number, right: number): readonly Box[] {
  const boxes: Box[] = []
  for (let i = 0; i < count; i += 1) boxes.push(freePlace([...taken, ...boxes], top, right))
  return boxes
}

/** Those for whom there is no office, or no room in it, are returned. */
function placeAtHome(
  hosts: Map<string, PlacedHost>,
  clients: readonly StageHost[],
  top: number,
): readonly StageHost[] {
  const homes = new Map([...hosts.values()].map((placed) => [officeOf(placed.host.name), placed.box]))
  const taken = new Map<string, number>()
  return clients.filter((client) => {
    const office = officeOf(client.name)
    const home = homes.get(office)
    const before = taken.get(office) ?? 0
    if (home === undefined || (before + 1) * (clientSize.width + 8) - 8 > home.width) return true
    const x = home.x + before * (clientSize.width + 8)
    hosts.set(client.name, placeClient(client, { x, y: top, ...clientSize }))
    taken.set(office, before + 1)
    return false
  })
}

/** The first free place of the row, from the right; a row further down when it is full. */
function freePlace(taken: readonly Box[], top: number, right: number): Box {
  for (let y = top; ; y += clientSize.height + 10) {
    for (let x = right - clientSize.width; x >= 10; x -= 4) {
      const box = { x, y, ...clientSize }
      if (taken.every((other) => apart(box, other))) return box
    }
    if (y > top + 12 * clientSize.height) return { x: 10, y, ...clientSize }
  }
}

const apart = (a: Box, b: Box): boolean =>
  a.x + a.width + 8 <= b.x ||
  b.x + b.width + 8 <= a.x ||
  a.y + a.height + 4 <= b.y ||
  b.y + b.height + 4 <= a.y

function officesOf(hosts: ReadonlyMap<string, PlacedHost>): StageLayout['offices'] {
  const groups = new Map<string, PlacedHost[]>()
  for (const placed of hosts.values()) {
    const office = officeOf(placed.host.name)
    groups.set(office, [...(groups.get(office) ?? []), placed])
  }
  return [...groups]
    .filter(([, members]) => members.length > 1 && members.some((placed) => placed.kind === 'server'))
    .map(([name, members]) => ({
      name,
      box: around(members),
    }))
}

/** With room at the left for the numbers of the doors. */
function around(members: readonly PlacedHost[]): Box {
  const boxes = members.map((placed) => placed.box)
  const x = Math.min(...boxes.map((box) => box.x)) - 36
  const y = Math.min(...boxes.map((box) => box.y)) - 10
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + 10
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + 10
  return { x, y, width: right - x, height: bottom - y }
}
