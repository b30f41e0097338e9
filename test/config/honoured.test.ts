// What the parameter table says of the engine is true: a parameter is called honoured when some daemon reads it, and only then.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parameters } from '#config/parameters.ts'
import { honoured } from '#config/parameters/honoured.ts'

const engine = join(import.meta.dirname, '../../engine')

/** The code that acts: not the tables of names, nor Dovecot's settings, nor the words that explain them. */
const sources = readdirSync(engine, { recursive: true, encoding: 'utf8' })
  .filter(
    (path) =>
      path.endsWith('.ts') && !/^(config\/(parameters|dovecot)|trace|protocol|control|scenario)\b/.test(path),
  )
  .map((path) => ({ path, text: readFileSync(join(engine, path), 'utf8') }))

const known = new Set(parameters.map(({ name }) => name))

/** `settings.text('myhostname')`; the SMTP client asks by what follows `smtp_` or `lmtp_`. */
function readByName(): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { path, text } of sources) {
    for (const [, name = ''] of text.matchAll(/\.(?:text|list|flag|number|time)\(\s*'([a-z0-9_]+)'/g)) {
      names.add(name)
    }
    if (!path.includes('agents/smtp/')) continue
    for (const [, rest = ''] of text.matchAll(/\b(?:name|text)\((?:protocol [^)]*\? )?'([a-z0-9_]+)'/g)) {
      names.add(`smtp_${rest}`).add(`lmtp_${rest}`)
    }
  }
  return new Set([...names].filter((name) => known.has(name)))
}

/** Names that are put together where they are read: `${kind}_classes`, `default_${suffix}`. */
const composed: readonly RegExp[] = [
  /^(sender_|recipient_)?canonical_(maps|classes)$/,
  /^default_destination_(concurrency|recipient)_limit$/,
  /^address_verify_(.*_transport|relayhost|transport_maps)$/,
  /^(lmtp|local|pipe|virtual)_delivery_status_filter$/,
  /^(smtp|lmtp)_tls_enforce_peername$/,
]

test('whatever a daemon reads is called honoured', () => {
  expect([...readByName()].filter((name) => !honoured.has(name)).sort()).toEqual([])
})

test('whatever is called honoured is read by a daemon', () => {
  const all = sources.map(({ text }) => text).join('\n')
  const read = readByName()
  const unread = [...honoured].filter(
    (name) =>
      !read.has(name) && !composed.some((form) => form.test(name)) && !new RegExp(`\\b${name}\\b`).test(all),
  )
  expect(unread.sort()).toEqual([])
})
