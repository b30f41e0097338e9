// Programs that empty a mailbox into a local one: fetchmail and getmail, by POP3 and IMAP, leaving letters or taking them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { filesOf, letter, openOffice, run, subjectsOf, withClient, type Office } from './office.ts'

let office: Office

beforeAll(async () => {
  office = await openOffice()
}, 120_000)

afterAll(() => office.close())

/** Bytes that a careless server or client would change: dots, long lines, 8 bits, a From at the start of a line. */
const awkward = [
  '.',
  '..two dots',
  'From the beginning',
  '',
  'ümläut 中文',
  'x'.repeat(3000),
  '-- ',
  'end.',
].join('\n')

beforeEach(async () => {
  await office.deliver('bob@example.com', letter('first'), letter('second', awkward), letter('third'))
})

const left = () => subjectsOf(office.maildir('bob').map(({ text }) => text))
/** Of a letter as a client stored it, in LF. */
const bodyOf = (text: string) => text.slice(text.indexOf('\n\n') + 2)
const asLatin1 = (text: string) => Buffer.from(text).toString('latin1')

withClient('fetchmail', {}, () => {
  async function fetchmail(server: string, options: string, more: readonly string[] = []) {
    const home = office.home()
    const mbox = join(home, 'letter-')
    writeFileSync(
      join(home, 'rc'),
      `poll localhost ${server} user bob password builder ${options}\n` +
        ` mda "cat > ${mbox}$(date +%s%N)"\n`,
      { mode: 0o600 },
    )
    const env = ['--nodetach', '--nosyslog', '--fetchmailrc', join(home, 'rc'), ...more]
    const ran = await run('fetchmail', env, { home })
    const { stdout } = await run('sh', ['-c', `cat ${mbox}*`], { home })
    const texts = stdout.split(/^(?=Return-Path:)/m).filter((text) => text !== '')
    return { ...ran, texts }
  }
  const secure = () => `no ssl sslproto 'TLS1.2+' sslcertck sslcertfile ${office.root}`

  test('keeps letters on the server by POP3 with STLS, trusting the lab’s root', async () => {
    const { code, texts, stderr, stdout } = await fetchmail(
      `protocol pop3 port ${office.port('mail.example.com', 'pop3')}`,
      `${secure()} keep`,
    )
    expect(`${code} ${stderr}`, stdout).toMatch(/^0 /)
    expect(subjectsOf(texts)).toEqual(['first', 'second', 'third'])
    expect(texts.some((text) => text.includes('x'.repeat(3000)) && text.includes('\n..two dots\n'))).toBe(
      true,
    )
    expect(left()).toEqual(['first', 'second', 'third'])
  })

  test('takes letters away by POP3 over TLS, and says that none are left', async () => {
    const server = `protocol pop3 port ${office.port('mail.example.com', 'pop3s')}`
    const options = `ssl sslcertck sslcertfile ${office.root} no keep fetchall`
    const first = await fetchmail(server, options)
    expect(first.code).toBe(0)
    expect(new Set(subjectsOf(first.texts))).toEqual(new Set(['first', 'second', 'third']))
    expect(left()).toEqual([])
    // 1: there was no mail.
    expect((await fetchmail(server, options)).code).toBe(1)
  })

  test('takes letters away by IMAP with STARTTLS', async () => {
    const { code, texts, stdout } = await fetchmail(
      `protocol imap port ${office.port('mail.example.com', 'imap')}`,
      `${secure()} no keep`,
    )
    expect(code, stdout).toBe(0)
    expect(subjectsOf(texts)).toEqual(['first', 'second', 'third'])
    expect(left()).toEqual([])
  })

  test('marks what it keeps as seen by IMAP, and fetches it only once', async () => {
    const server = `protocol imap port ${office.port('mail.example.com', 'imaps')}`
    const options = `ssl sslcertck sslcertfile ${office.root} keep`
    expect((await fetchmail(server, options)).texts).toHaveLength(3)
    expect((await fetchmail(server, options)).texts).toEqual([])
    expect(office.maildir('bob').map(({ name }) => name.slice(name.indexOf(':')))).toEqual([
      ':2,S',
      ':2,S',
      ':2,S',
    ])
    await fetchmail(server, `${options} fetchall no keep`)
    expect(left()).toEqual([])
  })

  test('refuses the server when it does not trust the lab’s root', async () => {
    const server = `protocol imap port ${office.port('mail.example.com', 'imaps')}`
    const { code, stderr, stdout } = await fetchmail(server, 'ssl sslcertck keep')
    expect(code).not.toBe(0)
    expect(stderr + stdout).toMatch(/certificate verif/i)
    await fetchmail(server, `ssl sslcertck sslcertfile ${office.root} fetchall no keep`)
  })
})

withClient('getmail', { debian: 'getmail6' }, () => {
  const types = { pop3: 'SimplePOP3Retriever', pop3s: 'SimplePOP3SSLRetriever', imap: 'SimpleIMAPRetriever' }

  async function getmail(home: string, service: keyof typeof types, options: string) {
    const box = join(home, 'box')
    mkdirSync(join(box, 'new'), { recursive: true })
    // Its own Maildir destination does not work for root, as whom tests may run.
    const keep = `cat > ${box}/new/$(date +%s%N)`
    writeFileSync(
      join(home, 'getmailrc'),
      [
        ...['[retriever]', `type = ${types[service]}`, 'server = 127.0.0.1'],
        ...[`port = ${office.port('mail.example.com', service)}`, 'username = bob', 'password = builder'],
        ...(service === 'pop3s' ? [`ca_certs = ${office.root}`] : []),
        ...['[destination]', 'type = MDA_external', 'path = /bin/sh', `arguments = ("-c", "${keep}")`],
        ...['allow_root_commands = true', '[options]', 'verbose = 1', options, ''],
      ].join('\n'),
    )
    const ran = await run('getmail', ['--getmaildir', home, '--rcfile', 'getmailrc'], { home })
    return { ...ran, texts: filesOf(box).map(({ text }) => text) }
  }

  test('takes letters away by POP3 over TLS, every byte as it was', async () => {
    const { code, texts, stderr } = await getmail(office.home(), 'pop3s', 'delete = true')
    expect(code, stderr).toBe(0)
    expect(subjectsOf(texts)).toEqual(['first', 'second', 'third'])
    const second = texts.find((text) => text.includes('Subject: second')) ?? ''
    expect(bodyOf(second)).toBe(asLatin1(`${awkward}\n`))
    expect(left()).toEqual([])
  })

  describe('leaves letters on the server', () => {
    test.each(['pop3', 'imap'] as const)(
      'by %s, knows them again by their unique id, and takes them when told to',
      async (service) => {
        const home = office.home()
        const options = 'delete = false\nread_all = false'
        expect((await getmail(home, service, options)).texts).toHaveLength(3)
        await office.deliver('bob@example.com', letter('fourth'))
        expect((await getmail(home, service, options)).texts).toHaveLength(4)
        expect((await getmail(home, service, options)).texts).toHaveLength(4)
        expect(left()).toEqual(['first', 'fourth', 'second', 'third'])
        await getmail(home, service, 'delete = true\nread_all = true')
        expect(left()).toEqual([])
        expect(readFileSync(join(home, 'getmailrc'), 'utf8')).toContain('delete = true')
      },
    )
  })
})
