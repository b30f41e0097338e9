// The house keeps its walls: who may import whom, read from the import lines themselves.
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, resolve, dirname } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** Room → what it may import, as prefixes of repository paths or of package names. Longest room wins. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  'engine/protocol': ['engine/protocol', 'xstate'],
  'engine/trace': ['engine/trace', 'engine/protocol', 'valibot'],
  'engine/scenario': ['engine/scenario', 'engine/trace', 'engine/protocol'],
  'engine/config': ['engine/config', 'engine/protocol'],
  'engine/tables': ['engine/tables', 'engine/protocol'],
  'engine/platform': ['engine/platform', 'engine/trace/events.ts', 'node:stream', 'node:net', 'dns-packet'],
  'engine/platform/memory': ['engine/platform', 'engine/trace/events.ts', 'node:', 'dns-packet'],
  'engine/platform/node': [
    'engine/platform',
    'engine/trace/events.ts',
    'node:',
    'dns-packet',
    '@peculiar/x509',
    'reflect-metadata',
  ],
  'engine/mailbox': daemon('engine/mailbox'),
  'engine/mta/smtpd': daemon('engine/mta/smtpd', 'smtp-server', 'engine/mta/rewrite'),
  'engine/mta': daemon('engine/mta'),
  'engine/mda': daemon('engine/mda', 'engine/wire'),
  'engine/mra': daemon('engine/mra', 'engine/wire'),
  'engine/auth': daemon('engine/auth', '@noble/hashes'),
  'engine/host': daemon('engine/host'),
  'engine/mua': daemon('engine/mua'),
  'engine/control': [
    ...daemon('engine/control', 'engine/host/command.ts'),
    'engine/scenario',
    'engine/mua',
    ...['ws', 'sirv', 'yaml', 'marked', 'valibot', '@valibot/to-json-schema'],
  ],
  web: [
    'web',
    'engine/protocol',
    'engine/trace',
    'engine/scenario',
    'engine/config',
    'engine/tables',
    'svelte',
    'xstate',
    'd3-',
    '@codemirror/',
    'dompurify',
    'postal-mime',
    '@fontsource',
    'valibot',
  ],
}

/** The daemons of the MTA do not import each other either: they meet in handover.ts. */
const siblings = ['smtpd', 'pickup', 'cleanup', 'queue', 'qmgr', 'bounce'] as const

function daemon(...own: string[]): string[] {
  const pure = ['protocol', 'trace', 'config', 'tables'].map((name) => `engine/${name}`)
  const shared = [
    'engine/mailbox',
    'engine/mta/handover.ts',
    'engine/mta/postfix.ts',
    'engine/mta/maps.ts',
    'engine/machine.ts',
  ]
  return [...own, ...pure, ...shared, 'engine/platform/', 'node:', 'xstate']
}

type Import = { file: string; target: string }

const imports = [...sources('engine'), ...sources('web')].flatMap(readImports)

describe('the rooms of the house', () => {
  test('import only what the layering table of engine/README.md allows', () => {
    const crossings = imports.filter(({ file, target }) => {
      const room = roomOf(file)
      return room !== null && !(rooms[room] ?? []).some((allowed) => target.startsWith(allowed))
    })
    expect(crossings.map(({ file, target }) => `${file} → ${target}`)).toEqual([])
  })

  test('keep the real clock, disk and sockets behind the platform', () => {
    const daemons = /^engine\/(mta|mda|mra|auth|host|mua|mailbox)\//
    const crossings = imports.filter(
      ({ file, target }) =>
        daemons.test(file) &&
        (/^engine\/platform\/(node|memory)\//.test(target) ||
          /^node:(fs|net|dgram|timers|child_process|http|dns)/.test(target)),
    )
    expect(crossings.map(({ file, target }) => `${file} → ${target}`)).toEqual([])
  })

  test('let no daemon of the MTA import its sibling', () => {
    const crossings = imports.filter(({ file, target }) => {
      const from = siblings.find((name) => file.startsWith(`engine/mta/${name}/`))
      const to = siblings.find((name) => target.startsWith(`engine/mta/${name}/`))
      return from !== undefined && to !== undefined && from !== to
    })
    expect(crossings.map(({ file, target }) => `${file} → ${target}`)).toEqual([])
  })
})

function roomOf(file: string): string | null {
  const found = Object.keys(rooms).filter((room) => file.startsWith(`${room}/`))
  return found.sort((a, b) => b.length - a.length)[0] ?? null
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => /\.(ts|svelte)$/.test(name))
}

function readImports(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = text.matchAll(
    /^\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/gm,
  )
  return [...found].map((match) => ({ file, target: resolveImport(file, match[1] ?? match[2] ?? '') }))
}

/** `#protocol/x.ts` and `../x.ts` as paths of the repository; packages as they are. */
function resolveImport(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return relative(root, resolve(root, dirname(file), specifier))
  if (specifier.startsWith('#web/')) return specifier.slice(1)
  if (specifier.startsWith('#engine/')) return specifier.slice(1)
  if (specifier.startsWith('#')) return `engine/${specifier.slice(1)}`
  return specifier
}
