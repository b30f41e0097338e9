// Scenarios play on a real lab, through its own network; what they typed in secret stays out of the trace.
import { afterAll, describe, expect, test } from 'vitest'
import { playLab } from '#engine/cli/lab-play.ts'
import { openWorkshop } from '#engine/cli/workshop.ts'
import { runScenarioText } from '#control/run-scenario.ts'
import { letterLines } from '#trace/export/letters.ts'

const workshop = await openWorkshop(null)
const lab = await playLab(workshop, 'two-offices')
afterAll(async () => {
  await lab.stop()
  await workshop.close()
})

const play = (text: string) => runScenarioText(lab, text, 'test.scenario')

describe('a scenario on a lab', () => {
  test('sends a letter as alice, and carol fetches it', async () => {
    const result = await play(`
submit alice wonderland from laptop.example.com to mail.example.com:587 <<.
From: alice@example.com
To: carol@example.org, bob@example.com
Subject: lunch

At noon?
.
wait until mailbox.delivered user=carol within 10s
wait until mailbox.delivered user=bob within 10s
mailbox carol/INBOX has 1 message where Subject: lunch
fetch carol c4rol from mx.example.org to mx.example.org:110
expect pop3d.auth user=carol outcome=ok
`)
    expect(result).toMatchObject({ ok: true, held: true })
    const letters = letterLines(await lab.trace.read(1, Infinity)).filter((line) => line.includes('carol@'))
    expect(letters).toEqual([
      expect.stringMatching(
        /carol@example\.org.* → mx\.example\.org .*: in INBOX of carol on mx\.example\.org$/,
      ),
    ])
  })

  test('logs in over TLS by hand with PLAIN and LOGIN', async () => {
    const result = await play(`
client alice laptop.example.com to mail.example.com:587
S: 220 *
C: EHLO laptop.example.com
S: 250 STARTTLS
starttls
C: EHLO laptop.example.com
S: 250 AUTH *
auth PLAIN alice wonderland
S: 235 2.7.0 *
client bob laptop.example.com to mail.example.com:465 tls
S: 220 *
C: EHLO laptop.example.com
S: 250 *
auth LOGIN bob builder
S: 235 2.7.0 *
expect smtpd.auth user=alice* mechanism=PLAIN outcome=ok
`)
    expect(result).toMatchObject({ ok: true, held: true })
  })

  test('leaves no password in the trace, in clear or in base64', async () => {
    const trace = JSON.stringify(await lab.trace.read(1, Infinity))
    const secrets = [
      'wonderland',
      'builder',
      'c4rol',
      ...['\0alice\0wonderland', 'builder'].map((text) => Buffer.from(text).toString('base64')),
    ]
    for (const secret of secrets) expect(trace).not.toContain(secret)
  })

  test('says which expectation did not hold, and stops a dialogue that went another way', async () => {
    const result = await play(`
client stranger outsider.example.net to mx.example.org:25
S: 220 *
C: EHLO outsider.example.net
S: 550 *
C: QUIT
S: 221 *
`)
    expect(result).toMatchObject({ ok: true, held: false })
    const broken = result.ok ? result.expectations.at(-1) : null
    expect(broken).toMatchObject({ line: 5, held: false })
    expect(broken?.why).toContain('550 * was expected')
  })

  test('is not begun when a line of it is wrong', async () => {
    const head = lab.trace.head
    expect(await play('run nowhere.example as root: ls /\nadvanse 5m\n')).toEqual({
      ok: false,
      problems: [
        expect.stringContaining('test.scenario:2:1: "advanse"'),
        'test.scenario:1:1: the lab has no host nowhere.example',
      ],
    })
    expect(lab.trace.head).toBe(head)
  })

  test('runs commands, writes files, breaks the network and mends it', async () => {
    const result = await play(`
file mail.example.com /etc/aliases <<EOF
postmaster: root
sales: bob
EOF
run mail.example.com as root: newaliases
fault refuse to mx.example.org port 25
submit alice wonderland from laptop.example.com to mail.example.com:587 <<.
From: alice@example.com
To: carol@example.org
Subject: later

Later.
.
wait until delivery.result recipient=carol@example.org outcome=deferred within 30s
queue mail.example.com deferred has 1 message
mend
advance 20m
wait until mailbox.delivered user=carol within 1m
queue mail.example.com deferred has no messages
`)
    expect(result).toMatchObject({ ok: true, held: true })
  })
})
