/** Hears what a server says, and whether it is of its protocol's grammar: line ends, codes, enhanced codes, literals. */
import type { Protocol } from './speech.ts'

export type Listener = {
  hear(text: string): void
  /** Lines that were heard. */
  readonly lines: number
  /** What was wrong, in words. */
  readonly complaints: readonly string[]
}

/** What to make of a line: an error in words, or nothing; `literal` bytes follow it. */
type Judge = (line: string) => string | null

export function listener(protocol: Protocol): Listener {
  const judge = judges[protocol]()
  const complaints: string[] = []
  let buffer = ''
  let literal = 0
  let lines = 0
  const complain = (what: string, line: string) => {
    if (complaints.length < 20) complaints.push(`${what}: ${JSON.stringify(line.slice(0, 200))}`)
  }
  return {
    hear(text) {
      buffer += text
      for (;;) {
        if (literal > 0) {
          const taken = Math.min(literal, buffer.length)
          buffer = buffer.slice(taken)
          literal -= taken
          if (literal > 0) return
        }
        const at = buffer.indexOf('\n')
        if (at < 0) return
        const line = buffer.slice(0, at)
        buffer = buffer.slice(at + 1)
        lines++
        if (!line.endsWith('\r')) complain('a line that ends with LF alone', line)
        const said = line.replace(/\r$/, '')
        const wrong = judge(said)
        if (wrong !== null) complain(wrong, said)
        if (protocol === 'imap' || protocol === 'sieve')
          literal = Number(/\{(\d+)\+?\}$/.exec(said)?.[1] ?? 0)
      }
    },
    get lines() {
      return lines
    },
    complaints,
  }
}

/** Postfix cuts an input line at 2048 bytes; what it says about one is not much longer. */
const longest = 2600
const control = /[\x00-\x08\x0b-\x1f\x7f]/

/** To VRFY, and of words that it does not know, Postfix gives back what came. */
const echoes = /^(?:252 2\.0\.0 |50[14] 5\.5\.4 |555 5\.5\.4 )/

/** RFC 5321 §4.2: `250-text`, `250 text`, one code for all lines of a reply; RFC 2034: the status is of the code's class. */
function smtp(): Judge {
  let open = ''
  return (line) => {
    const [, code = '', mark = '', text = ''] = /^([2-5]\d\d)([ -]|$)(.*)$/s.exec(line) ?? []
    if (code === '') return 'no reply code'
    if (open !== '' && open !== code) return `a reply of two codes, ${open} and ${code}`
    open = mark === '-' ? code : ''
    const [, kind] = /^(\d)\.\d{1,3}\.\d{1,3} /.exec(text) ?? []
    if (kind !== undefined && kind !== code[0]) return 'a status of another class than its code'
    if (control.test(text) && !echoes.test(line)) return 'a control character'
    return line.length > longest ? 'a line too long' : null
  }
}

/** RFC 1939 §3: a status, then perhaps lines up to a dot. No letter here has a line with `+OK`. Dovecot gives bad bytes back as they came. */
function pop3(): Judge {
  let place: 'status' | 'after-ok' | 'list' = 'status'
  return (line) => {
    const isStatus = /^(?:\+OK|-ERR)(?: |$)/.test(line)
    if (place === 'list') {
      if (line === '.') place = 'status'
      return isStatus ? 'a list that does not end' : null
    }
    if (isStatus) {
      place = line.startsWith('+OK') ? 'after-ok' : 'status'
      return null
    }
    if (/^\+ /.test(line)) return null
    if (place !== 'after-ok') return 'no status'
    place = line === '.' ? 'status' : 'list'
    return null
  }
}

/** RFC 3501 §7: untagged, tagged, or a continuation; between literals anything may stand at the start of a line. */
function imap(): Judge {
  let inside = false
  return (line) => {
    const whole = inside
    inside = /\{\d+\}$/.test(line)
    if (whole) return null
    if (/^(?:\* \S|\+(?: |$))/.test(line)) return null
    return /^[^\s(){%*"\\\]+]+ (?:OK|NO|BAD)(?: |$)/.test(line)
      ? null
      : 'neither tagged, untagged nor a continuation'
  }
}

/** RFC 5804 §1.2: OK, NO or BYE; before it, lines of strings. */
function sieve(): Judge {
  let inside = false
  return (line) => {
    const whole = inside
    inside = /\{\d+\+?\}$/.test(line)
    if (whole) return null
    if (/^(?:OK|NO|BYE) \([A-Z/-]+ \{\d+\}$/.test(line)) return null
    return /^(?:(?:OK|NO|BYE)(?: \(.*?\))?(?: ".*"| \{\d+\})?$|["{])/s.test(line)
      ? null
      : 'neither a response nor a string'
  }
}

const judges: Readonly<Record<Protocol, () => Judge>> = { smtp, lmtp: smtp, pop3, imap, sieve }
