import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readImapUrl } from '#protocol/imap/url.ts'

describe('a URL of a piece of a message', () => {
  test('names mailbox, message, part and piece', () => {
    expect(readImapUrl('/Work/Pl%61ns;UIDVALIDITY=9/;UID=3/;SECTION=1.2/;PARTIAL=0.100', null)).toEqual({
      ok: true,
      url: {
        mailbox: 'Work/Plans',
        uidValidity: 9,
        uid: 3,
        section: '1.2',
        partial: { start: 0, count: 100 },
      },
    })
  })

  test('without a mailbox means the one that is open', () => {
    expect(readImapUrl(';UID=3', 'INBOX')).toMatchObject({ ok: true, url: { mailbox: 'INBOX', uid: 3 } })
    expect(readImapUrl(';UID=3', null)).toMatchObject({ ok: true, url: { mailbox: null } })
  })

  test('of another server is refused', () => {
    expect(readImapUrl('imap://mx.test/INBOX/;UID=3', 'INBOX')).toEqual({
      ok: false,
      message: 'Invalid IMAP URL: Relative URL required',
    })
  })

  test('of any bytes is read or refused', () => {
    const text = fc.string({
      unit: fc.constantFrom('/', ';', '=', '.', '%', '#', '?', ':', 'UID', 'a1', '\0', ' ', 'é'),
    })
    fc.assert(fc.property(text, (url) => typeof readImapUrl(url, 'INBOX').ok === 'boolean'))
  })
})
