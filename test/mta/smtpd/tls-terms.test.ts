import { expect, test } from 'vitest'
import { readVersions } from '#mta/smtpd/tls-terms.ts'

test.each([
  ['', ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']],
  ['!SSLv2, !SSLv3', ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']],
  ['>=TLSv1.2', ['TLSv1.2', 'TLSv1.3']],
  ['>=TLSv1.1, <=TLSv1.2', ['TLSv1.1', 'TLSv1.2']],
  ['!TLSv1 !TLSv1.3', ['TLSv1.1', 'TLSv1.2']],
  ['TLSv1.2:TLSv1.3', ['TLSv1.2', 'TLSv1.3']],
  ['tlsv1.3', ['TLSv1.3']],
  ['TLSv1.2 !TLSv1.2', []],
])('smtpd_tls_protocols = %s lets in %j', (text, versions) => {
  expect(readVersions(text)).toEqual(versions)
})

test.each(['foo', '>=SSLv9', '!', 'TLSv1.4'])('smtpd_tls_protocols = %s is no list of protocols', (text) => {
  expect(readVersions(text)).toBeNull()
})
