/** What wire.ts relies on in smtp-server: its version is pinned, and these are the members that it stands on. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js'
import { createWireServer } from '#mta/smtpd/wire.ts'

const require = createRequire(import.meta.url)

test('smtp-server is the version that was read', () => {
  const { version } = JSON.parse(readFileSync(require.resolve('smtp-server/package.json'), 'utf8')) as {
    version: string
  }
  expect(version).toBe('3.21.6')
})

test('the members that are overridden, or called, are there', () => {
  const own = Object.getOwnPropertyNames(SMTPConnection.prototype)
  for (const member of [
    'init',
    'connectionReady',
    '_createParser',
    '_armTimeout',
    '_onTimeout',
    '_onError',
    '_onClose',
    'send',
    '_setListeners',
    '_resetSession',
    'upgrade',
    'close',
  ]) {
    expect(own).toContain(member)
  }
  expect(Object.getOwnPropertyNames(SMTPStream.prototype)).toEqual(
    expect.arrayContaining(['_write', '_flushData']),
  )
})

test('upgrade() retires the parser before the handshake, and asks _createParser for the next', () => {
  const source = String(Object.getOwnPropertyDescriptor(SMTPConnection.prototype, 'upgrade')?.value)
  const steps = [
    'unpipe(this._parser)',
    'isClosed = true',
    'this._createParser()',
    'new tls.TLSSocket',
    'this._socket.pipe(this._parser)',
  ]
  const places = steps.map((step) => source.indexOf(step))
  expect(places.every((place) => place >= 0)).toBe(true)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})

test('the server never listens', () => {
  expect(createWireServer().server.listening).toBe(false)
})
