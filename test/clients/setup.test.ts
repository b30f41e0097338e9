// How a client sets itself up: it asks for an address, believes the answer, and logs in with nothing else known.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { letter, openOffice, patiently, run, withClient, type Office } from './office.ts'

let office: Office
let home: string

beforeAll(async () => {
  office = await openOffice()
  home = office.home()
  await office.deliver('bob@example.com', letter('one'))
}, 120_000)

afterAll(() => office.close())

const curl = async (...words: readonly string[]) =>
  (await run('curl', ['--silent', '--show-error', '--fail', ...words], { home })).stdout

withClient('curl', {}, () => {
  test.each(['pop3', 'pop3s', 'imap', 'imaps'] as const)('reads over TLS by %s', async (service) => {
    const path = service.startsWith('pop3') ? '1' : 'INBOX;MAILINDEX=1'
    const url = `${service}://localhost:${office.port('mail.example.com', service)}/${path}`
    const text = await curl('--ssl-reqd', '--cacert', office.root, '--user', 'bob:builder', url)
    expect(text).toContain('Subject: one\r\n')
    expect(text.endsWith('\r\n\r\nHello.\r\n')).toBe(true)
  })

  test('sends, appends, searches, stores, and deletes', async () => {
    writeFileSync(join(home, 'letter'), letter('by curl', '.\nFrom me'))
    const tls = ['--ssl-reqd', '--cacert', office.root]
    const at = (scheme: string, service: string) =>
      `${scheme}://localhost:${office.port('mail.example.com', service)}`
    await curl(
      ...[...tls, '--user', 'alice:wonderland', at('smtps', 'submissions'), '--upload-file', 'letter'],
      ...['--mail-from', 'alice@example.com', '--mail-rcpt', 'alice@example.com'],
    )
    await expect.poll(() => office.maildir('alice'), patiently).toHaveLength(1)
    const alice = [...tls, '--user', 'alice:wonderland']
    const inbox = `${at('imaps', 'imaps')}/INBOX`
    await curl(...alice, inbox, '--upload-file', 'letter')
    expect(await curl(...alice, inbox, '--request', 'SEARCH SUBJECT "by curl"')).toBe('* SEARCH 1 2\r\n')
    await curl(...alice, inbox, '--request', 'STORE 1 +FLAGS (\\Deleted $Work)')
    expect(await curl(...alice, inbox, '--request', 'EXPUNGE')).toContain('* 1 EXPUNGE')
    expect(await curl(...alice, `${at('imaps', 'imaps')}/`)).toContain('"." INBOX')
    expect(await curl(...alice, `${inbox}?ALL`)).toBe('* SEARCH 1\r\n')
    await curl(...alice, `${at('pop3s', 'pop3s')}/1`, '--request', 'DELE', '--list-only')
    expect(office.maildir('alice')).toEqual([])
  })

  withClient('Python', { program: 'python3' }, () => {
    /** Reads what curl has fetched, and logs in by it. */
    async function logInBy(answer: string, reader: string): Promise<unknown> {
      writeFileSync(join(home, 'answer'), answer)
      writeFileSync(
        join(home, 'script.py'),
        `import imaplib, json, plistlib, poplib, smtplib, ssl, xml.etree.ElementTree as xml
trust = ssl.create_default_context(cafile='${office.root}')
done = []
def log_in(kind, host, port, secure, user):
    if kind == 'imap':
        client = imaplib.IMAP4_SSL(host, port, ssl_context=trust) if secure else imaplib.IMAP4(host, port)
        if not secure: client.starttls(ssl_context=trust)
        client.login(user, 'builder'); client.select('INBOX'); client.logout()
    elif kind == 'pop3':
        client = poplib.POP3_SSL(host, port, context=trust) if secure else poplib.POP3(host, port)
        if not secure: client.stls(context=trust)
        client.user(user); client.pass_('builder'); client.quit()
    else:
        client = smtplib.SMTP_SSL(host, port, context=trust) if secure else smtplib.SMTP(host, port)
        if not secure: client.starttls(context=trust)
        client.login(user, 'builder'); client.quit()
    done.append(kind + (' over TLS' if secure else ' with STARTTLS'))
answer = open('answer', 'rb').read()
${reader}
print(json.dumps(done))
`,
      )
      const { stdout, stderr } = await run('python3', ['script.py'], { home })
      expect(stderr).toBe('')
      return JSON.parse(stdout)
    }
    const each = (kinds: readonly string[]) =>
      kinds.flatMap((kind) => [`${kind} over TLS`, `${kind} with STARTTLS`])

    test.each(['/mail/config-v1.1.xml', '/.well-known/autoconfig/mail/config-v1.1.xml'])(
      'Thunderbird’s autoconfig at %s leads to servers that let bob in',
      async (path) => {
        const answer = await curl(
          '--get',
          '--data-urlencode',
          'emailaddress=bob@example.com',
          office.url + path,
        )
        const done = await logInBy(
          answer,
          `for server in xml.fromstring(answer).find('emailProvider'):
    if not server.tag.endswith('Server'): continue
    user = server.findtext('username').replace('%EMAILLOCALPART%', 'bob').replace('%EMAILADDRESS%', 'bob@example.com')
    log_in(server.get('type'), server.findtext('hostname'), int(server.findtext('port')),
        server.findtext('socketType') == 'SSL', user)`,
        )
        expect(done).toEqual(each(['imap', 'pop3', 'smtp']))
      },
    )

    test('Outlook’s autodiscover, asked by POST, leads to servers that let bob in', async () => {
      writeFileSync(
        join(home, 'request.xml'),
        `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
  <Request>
    <EMailAddress>bob@example.com</EMailAddress>
    <AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema>
  </Request>
</Autodiscover>`,
      )
      const ask = (path: string) =>
        curl('--header', 'Content-Type: text/xml', '--data-binary', '@request.xml', office.url + path)
      const answer = await ask('/autodiscover/autodiscover.xml')
      const done = await logInBy(
        answer,
        `space = '{http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a}'
for server in xml.fromstring(answer).iter(space + 'Protocol'):
    text = lambda name: server.findtext(space + name)
    log_in(text('Type').lower(), text('Server'), int(text('Port')), text('Encryption') == 'SSL', text('LoginName'))`,
      )
      expect(done).toEqual(each(['imap', 'pop3', 'smtp']))
      expect(await ask('/Autodiscover/Autodiscover.xml')).toBe(answer)
      expect(await ask('/AutoDiscover/AutoDiscover.xml')).toBe(answer)
    })

    test('Apple’s profile is a plist whose account lets bob in, with the root that the servers’ certificates have', async () => {
      const profile = await curl(
        `${office.url}/api/labs/${office.lab}/mobileconfig?emailaddress=bob%40example.com`,
      )
      const done = await logInBy(
        profile,
        `parts = {part['PayloadType']: part for part in plistlib.loads(answer)['PayloadContent']}
root = parts['com.apple.security.root']['PayloadContent']
trust = ssl.create_default_context(cadata=root)
mail = parts['com.apple.mail.managed']
for kind, way in (('imap', 'Incoming'), ('smtp', 'Outgoing')):
    log_in(kind, mail[way + 'MailServerHostName'], mail[way + 'MailServerPortNumber'],
        mail[way + 'MailServerUseSSL'], mail[way + 'MailServerUsername'])`,
      )
      expect(done).toEqual(['imap over TLS', 'smtp over TLS'])
    })
  })
})
