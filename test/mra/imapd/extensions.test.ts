import { deflateRawSync, createInflateRaw, constants } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Wire } from '#engine/wire.ts'
import { createClock } from '#platform/memory/clock.ts'
import { createNetwork } from '#platform/memory/network.ts'
import type { Connection } from '#platform/net.ts'
import { dialogue, logIn } from './dialogue.ts'

const letter = (subject: string) => ({ eml: `Subject: ${subject}\n\n${subject}\n` })
const mailbox = { INBOX: [letter('one'), letter('two')] }
const plain = 'disable_plaintext_auth = no'
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

describe('IMAP4rev2, for whom it is announced', () => {
  const settings = [plain, 'imap_capability = +IMAP4rev2']

  test('a client that enables it hears nothing of \\Recent and gets ESEARCH', async () => {
    const { replies } = await dialogue(
      [
        logIn,
        'a1 ENABLE IMAP4rev2',
        'a2 SELECT INBOX',
        'a3 FETCH 1 FLAGS',
        'a4 SEARCH SUBJECT two',
        'a5 STATUS INBOX (MESSAGES DELETED)',
        'a6 APPEND INBOX {3+}\r\nabc',
      ],
      { mailbox, settings },
    )
    expect(replies[2]?.[0]).toBe('* ENABLED IMAP4rev2')
    expect(replies[3]?.join('\n')).not.toMatch(/RECENT|UNSEEN/)
    expect(replies[3]).toContain('* LIST () "." INBOX')
    expect(replies[4]?.[0]).toBe('* 1 FETCH (FLAGS ())')
    expect(replies[5]?.[0]).toBe('* ESEARCH (TAG "a4") ALL 2')
    expect(replies[6]?.[0]).toBe('* STATUS INBOX (MESSAGES 2 DELETED 0)')
    expect(replies[7]?.join('\n')).not.toMatch(/RECENT/)
  })

  test('names of mailboxes are UTF-8', async () => {
    const { replies } = await dialogue(
      [
        logIn,
        'a1 CREATE &AOQ-',
        'a2 ENABLE IMAP4rev2',
        'a3 LIST "" "*"',
        latin1('a4 STATUS "ä" (MESSAGES)'),
        latin1('a5 CREATE "Entwürfe"'),
        'a6 CREATE "\xff"',
        latin1('a7 LIST "" "Entw*"'),
      ],
      { mailbox, settings },
    )
    expect(replies[4]).toContain(latin1('* LIST (\\HasNoChildren) "." "ä"'))
    expect(replies[5]?.[0]).toBe(latin1('* STATUS "ä" (MESSAGES 0)'))
    expect(replies[6]?.[0]).toMatch(/^a5 OK/)
    expect(replies[7]?.[0]).toMatch(/^a6 NO Mailbox name is not valid UTF-8/)
    expect(replies[8]?.[0]).toBe(latin1('* LIST (\\HasNoChildren) "." "Entwürfe"'))
  })

  test('without it ENABLE does nothing, and DELETED is no item of STATUS', async () => {
    const { replies } = await dialogue([logIn, 'a1 ENABLE IMAP4rev2', 'a2 STATUS INBOX (DELETED)'], {
      mailbox,
    })
    expect(replies[2]?.[0]).toMatch(/^a1 OK Enabled/)
    expect(replies[3]?.[0]).toMatch(/^a2 BAD Error in IMAP command STATUS: Invalid status item DELETED/)
  })
})

describe('UTF8=ACCEPT, for whom it is announced', () => {
  const settings = [plain, 'imap_capability = +UTF8=ACCEPT']

  test('a letter with UTF-8 in its header is appended as such, and a search names no charset', async () => {
    const text = latin1('Subject: Grüße\r\n\r\nhallo\r\n')
    const { replies } = await dialogue(
      [
        logIn,
        'a1 ENABLE UTF8=ACCEPT',
        'a2 SELECT INBOX',
        { send: `a3 APPEND INBOX (\\Seen) UTF8 (~{${text.length}+}\r\n${text})`, tag: 'a3' },
        latin1('a4 SEARCH SUBJECT "grüße"'),
        'a5 SEARCH CHARSET UTF-8 SUBJECT x',
        'a6 FETCH 3 BODY.PEEK[HEADER.FIELDS (SUBJECT)]',
      ],
      { mailbox, settings },
    )
    expect(replies[2]?.[0]).toBe('* ENABLED UTF8=ACCEPT')
    expect(replies[4]?.at(-1)).toMatch(/^a3 OK \[APPENDUID/)
    expect(replies[5]?.[0]).toBe('* SEARCH 3')
    expect(replies[6]?.[0]).toMatch(/^a5 BAD/)
    expect(replies[7]?.[1]).toBe(latin1('Subject: Grüße'))
  })
})

describe('COMPRESS=DEFLATE, for whom it is announced', () => {
  test('is no command where it is not announced', async () => {
    const { replies } = await dialogue([logIn, 'a1 COMPRESS DEFLATE'])
    expect(replies[2]?.[0]).toMatch(/^a1 BAD Error in IMAP command COMPRESS: Unknown command/)
  })

  test('knows one mechanism', async () => {
    const settings = [plain, 'mail_plugins = imap_zlib']
    const { replies } = await dialogue([logIn, 'a1 CAPABILITY', 'a2 COMPRESS LZ4'], { settings })
    expect(replies[2]?.[0]).toMatch(/ NOTIFY COMPRESS=DEFLATE$/)
    expect(replies[3]?.[0]).toMatch(/^a2 NO Unsupported compression mechanism/)
  })

  test('a wire that is deflated reads and writes compressed bytes, each write at once', async () => {
    const clock = createClock({ source: 'manual', start: 0 })
    const network = createNetwork({ clock, hosts: [{ name: 'mx', addresses: ['192.0.2.1'] }] })
    const accepted = new Promise<Connection>((resolve) => network.host('mx').listen(143, resolve))
    const client = await network.connectFrom(
      { host: null, address: '192.0.2.9', port: 4000 },
      { host: 'mx', port: 143 },
    )
    const wire = new Wire(await accepted, clock)
    wire.deflate()
    const inflate = createInflateRaw()
    client.pipe(inflate)
    const heard = new Promise<string>((resolve) => inflate.once('data', (bytes) => resolve(String(bytes))))
    client.write(deflateRawSync('a1 NOOP\r\n', { finishFlush: constants.Z_SYNC_FLUSH }))
    expect(await wire.line(100, Infinity)).toEqual({ kind: 'line', text: 'a1 NOOP' })
    await wire.write('a1 OK done\r\n')
    expect(await heard).toBe('a1 OK done\r\n')
    // What is no DEFLATE ends the connection.
    client.write('garbage that nobody compressed\r\n'.repeat(20))
    expect((await wire.line(100_000, Infinity)).kind).toBe('end')
    wire.destroy()
    network.close()
    clock.stop()
  })
})
