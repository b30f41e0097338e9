/** Ways through the SMTP chart as what a client sends: to an smtpd with a limit of 1500 bytes, and with bob's password. */
import type { SmtpStep } from '../../truth/smtp-case.ts'

export const lines: Readonly<Record<string, string>> = {
  HELO: 'HELO client.example.net',
  EHLO: 'EHLO client.example.net',
  LHLO: 'LHLO client.example.net',
  MAIL: 'MAIL FROM:<a@client.example.net>',
  RCPT: 'RCPT TO:<bob@example.com>',
  VRFY: 'VRFY bob@example.com',
  ETRN: 'ETRN example.com',
  XCLIENT: 'XCLIENT NAME=other.example.net PROTO=ESMTP',
  XFORWARD: 'XFORWARD NAME=origin.example.net',
}
const tooMuch = 'x'.repeat(2000)
/** Within the limit, but each end of a line counts as two. */
const swells = 'x\n'.repeat(700)
const password = Buffer.from('\0bob\0builder').toString('base64')

/** What a client sends to go this way. */
export function dialogueOf(events: readonly string[]): readonly SmtpStep[] {
  const steps: SmtpStep[] = []
  let mechanism = 'PLAIN'
  for (const [i, event] of events.entries()) {
    const [next, afterNext] = events.slice(i + 1)
    const challenged = next !== 'authenticated' && next !== 'not-authenticated'
    const later = events[i - 1] === 'challenge'
    switch (event) {
      case 'BDAT':
        if (next === 'chunk' || next === 'end-of-data')
          steps.push({ raw: `BDAT 5${next === 'chunk' ? '' : ' LAST'}\r\nhello` })
        else if (next === 'chunk-refused') steps.push({ raw: `BDAT ${swells.length}\r\n${swells}` })
        else steps.push({ raw: 'BDAT 5\r\n', replies: 0 })
        break
      case 'chunk':
        break
      case 'chunk-refused':
        if (events[i - 1] !== 'BDAT') steps.push({ raw: `BDAT ${tooMuch.length}\r\n${tooMuch}` })
        break
      case 'end-of-data':
        if (events[i - 1] === 'DATA') steps.push({ data: ['Subject: x', '', 'y'] })
        break
      case 'AUTH':
        mechanism = afterNext === 'challenge' ? 'LOGIN' : 'PLAIN'
        if (challenged) steps.push({ send: `AUTH ${mechanism}` })
        else steps.push({ send: `AUTH PLAIN ${next === 'authenticated' ? password : 'AGJvYgBwbw=='}` })
        break
      case 'authenticated':
        if (later) steps.push({ send: mechanism === 'PLAIN' ? password : 'YnVpbGRlcg==' })
        break
      case 'not-authenticated':
        if (later) steps.push({ send: '*' })
        break
      case 'challenge':
        if (later) steps.push({ send: 'Ym9i' })
        break
      case 'STARTTLS':
        steps.push(next === 'tls-established' ? { starttls: true } : { send: 'STARTTLS' })
        break
      case 'tls-established':
        break
      case 'hang-up':
        steps.push({ close: true })
        break
      default:
        steps.push({ send: lines[event] ?? event })
    }
  }
  return steps
}
