import { once } from 'node:events'
import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { certificate } from './certificate.ts'
import { startHost } from './host.ts'
import type { TestHost } from './host.ts'
import { talk } from './talk.ts'
import type { Connection } from '#platform/net.ts'

let host: TestHost
afterEach(() => {
  host.close()
})

async function secured(connection: Connection): Promise<TLSSocket> {
  connection.removeAllListeners('data')
  const socket = connect({ socket: connection, ca: certificate.cert, checkServerIdentity: () => undefined })
  await once(socket, 'secureConnect')
  return socket
}

describe('TLS', () => {
  test('STARTTLS forgets what was said before, and drops what was smuggled in behind it', async () => {
    host = await startHost({ mainCf: ['smtpd_tls_security_level = may', 'smtpd_helo_required = yes'] })
    const connection = await host.dial()
    const plain = talk(connection)
    await plain.hear()
    await plain.say('EHLO c')
    plain.send('STARTTLS\r\nEHLO smuggled\r\n')
    expect(await plain.hear()).toEqual(['220 2.0.0 Ready to start TLS'])
    const client = talk((await secured(connection)) as unknown as Connection)
    expect(await client.say('MAIL FROM:<a@b.example>')).toBe('503 5.5.1 Error: send HELO/EHLO first')
    expect(await client.say('EHLO c')).not.toContain('STARTTLS')
    expect(await client.say('STARTTLS')).toBe('554 5.5.1 Error: TLS already active')
    expect(host.said('smtpd.command').map(({ line }) => line)).not.toContain('EHLO smuggled')
    expect(host.said('smtpd.tls')).toMatchObject([{ version: 'TLSv1.3', bits: 256, outcome: 'established' }])
  })

  test('smtpd_tls_wrappermode speaks TLS before the greeting', async () => {
    host = await startHost({ mainCf: ['smtpd_tls_wrappermode = yes', 'smtpd_tls_security_level = encrypt'] })
    const client = talk((await secured(await host.dial())) as unknown as Connection)
    expect(await client.hear()).toEqual(['220 mail.example.com ESMTP Postfix'])
    expect(await client.say('NOOP')).toBe('250 2.0.0 Ok')
  })

  test('a handshake that is none ends the session, and nothing else', async () => {
    host = await startHost({ mainCf: ['smtpd_tls_security_level = may'] })
    const client = talk(await host.dial())
    await client.hear()
    await client.say('STARTTLS')
    client.send('EHLO in clear\r\n')
    // OpenSSL may send an alert first; then the connection is closed.
    while (!(await client.hear())[0]?.endsWith('closed'));
    expect(host.said('smtpd.tls')).toMatchObject([{ outcome: 'failed' }])
    expect(host.said('smtpd.closed')).toMatchObject([{ reason: 'lost connection after STARTTLS' }])
    expect(host.said('engine.fault')).toEqual([])
  })
})
