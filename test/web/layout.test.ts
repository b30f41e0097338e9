// The map of a lab: hosts stand still, stand apart, and lines keep to the lanes between them.
import { describe, expect, test } from 'vitest'
import { layoutStage, type Box, type StageHost } from '#web/views/stage/layout.ts'
import { along, lengthOf, pathOf, routeOf } from '#web/views/stage/route.ts'

const server = (
  name: string,
  users: readonly string[],
  ports: Readonly<Record<string, number>>,
): StageHost => ({
  name,
  address: '192.0.2.10',
  services: Object.entries(ports).map(([service, port]) => ({ name: service, port })),
  users,
  scripted: false,
})

const mail = server('mail.example.com', ['alice', 'bob'], { smtp: 25, submission: 587, lmtp: 24, pop3: 110 })
const mx = server('mx.example.org', ['carol', 'dave'], { smtp: 25, lmtp: 24, pop3: 110 })
const names = server('ns.example.net', [], { dns: 53 })
const laptop = server('laptop.example.com', [], {})
const outsider = server('outsider.example.net', [], {})
const hosts = [mail, laptop, mx, outsider, names]

const stage = (width: number, height: number, outside: readonly string[] = []) =>
  layoutStage({ hosts, outside, width, height, wish: new Map() })

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

describe('the map of a lab', () => {
  test.each([
    [640, 490],
    [860, 360],
    [390, 700],
    [1300, 500],
  ])('keeps all hosts apart on %i by %i', (width, height) => {
    const layout = stage(width, height, ['127.0.0.1', '127.0.0.5'])
    const boxes = [
      ...[...layout.hosts.values()].map(({ box }) => box),
      ...layout.outside.values(),
      layout.dns.box,
    ]
    const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).map((b) => [a, b] as const))
    expect(pairs.filter(([a, b]) => overlap(a, b))).toEqual([])
    expect(boxes.every(({ x, width: own }) => x >= 0 && x + own <= layout.width)).toBe(true)
  })

  test('opens both offices when there is room, and one on a telephone', () => {
    const open = (width: number) =>
      [...stage(width, 490).hosts.values()].filter((placed) => placed.open).map(({ host }) => host.name)
    expect(open(640)).toEqual(['mail.example.com', 'mx.example.org'])
    expect(open(390)).toEqual(['mail.example.com'])
  })

  test('draws the name server as the card that lookups go to', () => {
    const layout = stage(640, 490)
    expect(layout.dns.host).toBe('ns.example.net')
    expect(layout.hosts.has('ns.example.net')).toBe(false)
  })

  test('is the same for the same lab', () => {
    expect(stage(640, 490)).toEqual(stage(640, 490))
  })
})

describe('a line on the map', () => {
  const layout = stage(640, 490, ['127.0.0.1'])

  test('goes from a laptop to the submission door without crossing the server', () => {
    const way = routeOf({ at: 'host', host: laptop.name }, { at: 'door', host: mail.name, port: 587 }, layout)
    const box = layout.hosts.get(mail.name)?.box ?? { x: 0, y: 0, width: 0, height: 0 }
    const points = Array.from({ length: 101 }, (_, i) => along(way ?? [], i / 100))
    expect(way?.length).toBeGreaterThan(2)
    expect(
      points.filter(
        ({ x, y }) => x > box.x + 1 && y > box.y && x < box.x + box.width && y < box.y + box.height,
      ),
    ).toEqual([])
  })

  test('has square turns, and a path that an SVG can draw', () => {
    const way =
      routeOf(
        { at: 'agent', host: mail.name, agent: 'smtp' },
        { at: 'door', host: mx.name, port: 25 },
        layout,
      ) ?? []
    const turns = way.slice(1).map((point, i) => [point.x - (way[i]?.x ?? 0), point.y - (way[i]?.y ?? 0)])
    expect(turns.every(([dx, dy]) => dx === 0 || dy === 0)).toBe(true)
    expect(pathOf(way)).toMatch(/^M[\d. -]+(?:[LQ][\d. -]+)+$/)
    expect(lengthOf(way)).toBeGreaterThan(0)
  })

  test('stays inside the host between two daemons of it', () => {
    const way = routeOf(
      { at: 'agent', host: mail.name, agent: 'lmtp' },
      { at: 'door', host: mail.name, port: 24 },
      layout,
    )
    expect(way).toHaveLength(2)
  })

  test('is not drawn to a host that the map does not show', () => {
    expect(routeOf({ at: 'host', host: 'elsewhere.example' }, { at: 'dns' }, layout)).toBeNull()
  })
})
