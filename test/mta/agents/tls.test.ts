// How much TLS a destination gets, and what happens when that is not to be had.
import { createSecureContext, TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import type { Connection } from '#platform/net.ts'
import { openAuthority } from '#platform/node/authority.ts'
import { openHouse } from '../mta-house.ts'

const zone = ['far.test. MX 10 mx.far.test.', 'mx.far.test. A 203.0.113.9']
const authority = await openAuthority(null, Date.now())
const certificate = await authority.certify({ names: ['mx.far.test'], at: Date.now() })

/** A server that offers STARTTLS and takes one letter. */
function secureSink(keys: { readonly certificate: string; readonly key: string }) {
  const heard: string[] = []
  const secureContext = createSecureContext({ cert: keys.certificate, key: keys.key })
  const accept = (connection: Connection): void => {
    connection.on('error', () => undefined)
    const converse = (stream: Connection | TLSSocket, offer: 'STARTTLS' | 'DSN'): void => {
      let data = false
      let text = ''
      const read = (bytes: Buffer): void => {
        text += bytes.toString('latin1')
        for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
          const line = text.slice(0, end)
          text = text.slice(end + 2)
          heard.push(`${offer === 'DSN' ? 'tls ' : ''}${line}`)
          if (data && line !== '.') continue
          if (line === 'DATA') stream.write('354 go\r\n')
          else if (line.startsWith('EHLO')) stream.write(`250-mx.far.test\r\n250 ${offer}\r\n`)
          else stream.write(line === 'STARTTLS' ? '220 go\r\n' : '250 2.0.0 Ok\r\n')
          data = line === 'DATA'
          if (line === 'STARTTLS') {
            connection.removeAllListeners('data')
            const secure = new TLSSocket(connection, { isServer: true, secureContext })
            secure.on('error', () => undefined)
            converse(secure, 'DSN')
          }
        }
      }
      stream.on('data', read)
    }
    connection.write('220 mx.far.test ESMTP\r\n')
    converse(connection, 'STARTTLS')
  }
  return { accept, heard }
}

async function send(level: string, authorities: string, keys = certificate) {
  const far = secureSink(keys)
  const house = await openHouse({
    zone,
    mainCf: [`smtp_tls_security_level = ${level}`, 'smtp_tls_CAfile = /etc/postfix/root.pem'],
    files: { 'root.pem': authorities },
    others: { '203.0.113.9': far.accept },
  })
  await house.submit({ from: '', to: ['x@far.test'], lines: ['Subject: hi', '', 'Hello.'] })
  await house.rest()
  for (let i = 0; i < 200 && house.of('delivery.result').length === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const [result] = house.of('delivery.result')
  return {
    heard: far.heard,
    trust: house.of('delivery.tls').map(({ trust }) => trust),
    result: `${result?.status ?? ''} ${result?.outcome ?? ''} ${result?.text ?? ''}`,
  }
}

test('`may` uses TLS that is offered, whoever signed the certificate', async () => {
  const { heard, trust, result } = await send('may', '')
  expect(result).toBe('2.0.0 sent 250 2.0.0 Ok')
  expect(trust).toEqual(['Untrusted'])
  expect(heard.slice(0, 4)).toEqual([
    'EHLO mail.example.org',
    'STARTTLS',
    'tls EHLO mail.example.org',
    'tls MAIL FROM:<>',
  ])
})

test('`secure` wants a certificate of a known authority with the right name', async () => {
  expect((await send('verify', authority.root)).trust).toEqual(['Verified'])
  expect((await send('verify', '')).result).toBe('4.7.5 deferred Server certificate not verified')
  const other = await authority.certify({ names: ['elsewhere.test'], at: Date.now() })
  expect((await send('verify', authority.root, other)).result).toBe(
    '4.7.5 deferred Server certificate not verified',
  )
})

/** A server that offers STARTTLS and hangs up at the handshake, but takes a letter without. */
function brokenTls() {
  const taken: string[] = []
  const accept = (connection: Connection): void => {
    connection.on('error', () => undefined)
    let data = false
    connection.on('data', (bytes: Buffer) => {
      for (const line of bytes.toString('latin1').split('\r\n').slice(0, -1)) {
        if (data && line !== '.') continue
        if (line === '.') taken.push('a letter')
        if (line === 'DATA') connection.write('354 go\r\n')
        else if (line.startsWith('EHLO')) connection.write('250-mx.far.test\r\n250 STARTTLS\r\n')
        else connection.write(line === 'STARTTLS' ? '220 go\r\n' : '250 2.0.0 Ok\r\n')
        data = line === 'DATA'
        if (line === 'STARTTLS') connection.removeAllListeners('data').on('data', () => connection.destroy())
      }
    })
    connection.write('220 mx.far.test ESMTP\r\n')
  }
  return { accept, taken }
}

test('where TLS is offered and does not work, `may` waits a while and then goes without', async () => {
  const far = brokenTls()
  const house = await openHouse({
    zone,
    mainCf: ['smtp_tls_security_level = may', 'minimal_backoff_time = 300s'],
    others: { '203.0.113.9': far.accept },
  })
  await house.submit({ from: '', to: ['x@far.test'], lines: ['Subject: hi', '', 'Hello.'] })
  await house.rest()
  const [first] = house.of('delivery.result')
  expect(first).toMatchObject({ status: '4.7.5', text: 'Cannot start TLS: handshake failure' })
  await house.clock.advance(400_000)
  await house.rest()
  expect(far.taken).toEqual(['a letter'])
})
