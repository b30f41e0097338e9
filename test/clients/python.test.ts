// Python's smtplib, poplib and imaplib: what many a script of a student speaks.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { letter, openOffice, run, withClient, type Office } from './office.ts'

let office: Office

beforeAll(async () => {
  office = await openOffice()
}, 120_000)

afterAll(() => office.close())

/** Runs a script that ends in printing JSON. */
async function python(script: string): Promise<unknown> {
  const home = office.home()
  const port = (service: string) => office.port('mail.example.com', service)
  const head = `
import imaplib, json, poplib, smtplib, ssl
from email.message import EmailMessage
trust = ssl.create_default_context(cafile=${JSON.stringify(office.root)})
submission, submissions = ${port('submission')}, ${port('submissions')}
pop3, pop3s, imap, imaps = ${port('pop3')}, ${port('pop3s')}, ${port('imap')}, ${port('imaps')}
`
  writeFileSync(join(home, 'script.py'), head + script)
  const { code, stdout, stderr } = await run('python3', ['script.py'], { home })
  expect(`${code} ${stderr}`).toMatch(/^0 /)
  return JSON.parse(stdout)
}

withClient('Python', { program: 'python3', debian: 'python3' }, () => {
  test('smtplib submits with STARTTLS and with TLS, and learns whom a server does not know', async () => {
    const told = await python(`
def letter(subject):
    message = EmailMessage()
    message['From'], message['To'], message['Subject'] = 'alice@example.com', 'bob@example.com', subject
    message.set_content('Grüße\\n.\\n..\\n' + 'long ' * 500 + '\\n')
    return message
with smtplib.SMTP('localhost', submission) as client:
    client.starttls(context=trust)
    client.login('alice', 'wonderland')
    size = client.esmtp_features['size']
    refused = client.send_message(letter('one'), to_addrs=['bob@example.com', 'stranger@example.com'])
with smtplib.SMTP_SSL('localhost', submissions, context=trust) as client:
    client.login('alice', 'wonderland')
    client.send_message(letter('two'))
    noop = client.noop()
    verified = client.verify('bob')
with smtplib.SMTP('localhost', submission) as client:
    client.starttls(context=trust)
    try: client.sendmail('alice@example.com', ['someone@example.net'], 'Subject: x')
    except smtplib.SMTPRecipientsRefused as error: relay = error.recipients['someone@example.net'][0]
try:
    with smtplib.SMTP_SSL('localhost', submissions, context=ssl.create_default_context()) as client: untrusted = 'trusted'
except ssl.SSLCertVerificationError as error: untrusted = error.reason
print(json.dumps([size, {to: why[0] for to, why in refused.items()}, noop[0], verified[0], relay, untrusted]))
`)
    expect(told).toEqual([
      '10240000',
      { 'stranger@example.com': 550 },
      250,
      252,
      554,
      'CERTIFICATE_VERIFY_FAILED',
    ])
  })

  test('poplib lists, reads, and deletes, with STLS and with TLS', async () => {
    await office.deliver('alice@example.com', letter('a', '.\n..two'), letter('b'), letter('c'))
    const told = await python(`
client = poplib.POP3('localhost', pop3)
client.stls(context=trust)
client.user('alice'); client.pass_('wonderland')
count, octets = client.stat()
sizes = [int(line.split()[1]) for line in client.list()[1]]
ids = {line.split()[1] for line in client.uidl()[1]}
lines = client.retr(1)[1]
top = client.top(2, 0)[1]
client.dele(2)
client.quit()
client = poplib.POP3_SSL('localhost', pop3s, context=trust)
client.user('alice'); client.pass_('wonderland')
subjects = [line.decode() for n in (1, 2) for line in client.top(n, 0)[1] if line.startswith(b'Subject')]
client.dele(1); client.rset(); client.noop()
capabilities = sorted(client.capa())
try: client.retr(9)
except poplib.error_proto as error: missing = error.args[0].decode()
client.quit()
print(json.dumps([count, octets == sum(sizes), len(ids), [line.decode() for line in lines[-3:]],
  top[-1].decode(), subjects, 'UIDL' in capabilities, missing]))
`)
    expect(told).toEqual([
      ...[3, true, 3, ['', '.', '..two'], '', ['Subject: a', 'Subject: c'], true],
      "-ERR There's no message 9.",
    ])
  })

  test('imaplib appends, searches, flags, copies, expunges and finds its way between folders', async () => {
    const told = await python(`
client = imaplib.IMAP4('localhost', imap)
client.starttls(ssl_context=trust)
client.login('alice', 'wonderland')
client.create('Box'); client.subscribe('Box')
for n in range(3):
    client.append('Box', '(\\\\Flagged work)' if n == 1 else None, imaplib.Time2Internaldate(1795520000 + n),
      b'Subject: n%d\\r\\n\\r\\nbody %d\\r\\n' % (n, n))
count = client.select('Box')[1][0].decode()
found = client.uid('SEARCH', None, 'SUBJECT', '"n1"')[1][0].decode()
flagged = client.search(None, 'FLAGGED KEYWORD work')[1][0].decode()
client.literal = 'n2'.encode()
literal = client.search('UTF-8', 'SUBJECT')[1][0].decode()
body = client.fetch('3', '(BODY.PEEK[] INTERNALDATE FLAGS)')[1][0][1].decode()
client.store('1:2', '+FLAGS', '(\\\\Deleted)')
client.copy('2', 'INBOX')
expunged = [number.decode() for number in client.expunge()[1]]
sorted_ = client.sort('(REVERSE DATE)', 'UTF-8', 'ALL')[1][0].decode()
status = client.status('Box', '(MESSAGES UIDNEXT)')[1][0].decode()
listed = [line.decode() for line in client.lsub()[1]]
client.rename('Box', 'Bin'); client.delete('Bin')
try: client.select('Bin'); missing = client.error
except Exception: missing = 'raised'
client.unselect() if client.state == 'SELECTED' else None
client.logout()
with imaplib.IMAP4_SSL('localhost', imaps, ssl_context=trust) as client:
    client.authenticate('PLAIN', lambda _: b'\\0alice\\0wonderland')
    client.enable('UTF8=ACCEPT') if 'UTF8=ACCEPT' in client.capabilities else None
    inbox = client.select('INBOX', readonly=True)[0]
print(json.dumps([count, found, flagged, literal, body, expunged, sorted_, status, listed, inbox]))
`)
    expect(told).toEqual([
      ...['3', '2', '2', '3', 'Subject: n2\r\n\r\nbody 2\r\n', ['2', '1'], '1'],
      ...['Box (MESSAGES 1 UIDNEXT 4)', ['() "." Box'], 'OK'],
    ])
  })
})
