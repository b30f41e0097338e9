/** What a mad client says: lines that almost make sense, and lines that make none. The same seed says the same. */

export type Chance = { (limit: number): number; pick<T>(all: readonly T[]): T }

/** A small generator of chances with a memory of one number. */
export function chances(seed: number): Chance {
  let state = seed >>> 0
  const next = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
  return Object.assign(next, {
    pick<T>(all: readonly T[]): T {
      return all[next(all.length)] as T
    },
  })
}

export type Protocol = 'smtp' | 'pop3' | 'imap' | 'lmtp' | 'sieve'

type Vocabulary = {
  /** Lines that lead somewhere: without them a random walk would not leave the door. */
  readonly roads: readonly string[]
  readonly verbs: readonly string[]
  readonly words: readonly string[]
}

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')
const proof = base64('\0alice\0wonderland')
const addresses = [
  '<a@b.test>',
  '<alice@example.com>',
  '<alice>',
  '<>',
  '<@a.test:alice@example.com>',
  '<"a b"@c.test>',
  '<a@[127.0.0.1]>',
  '<a@b@c>',
  'alice',
  '<grüße@b.test>',
  `<${'l'.repeat(300)}@b.test>`,
]
const mailWords = [
  'SIZE=10',
  'SIZE=x',
  'BODY=8BITMIME',
  'SMTPUTF8',
  'RET=HDRS',
  'ENVID=a+20',
  'NOTIFY=NEVER',
  'NOTIFY=SUCCESS,DELAY',
  'ORCPT=rfc822;a+40b',
  'AUTH=<>',
  'X=1',
  'FROM:',
  'TO:',
  'LAST',
  '0',
  '7',
  '-1',
  '99999999999',
]

const vocabularies: Readonly<Record<Protocol, Vocabulary>> = {
  smtp: {
    roads: [
      'EHLO client.test',
      'MAIL FROM:<a@b.test>',
      'RCPT TO:<alice@example.com>',
      'DATA',
      '.',
      'RSET',
      'BDAT 7\r\nhello',
      'BDAT 7 LAST\r\nhello',
      `AUTH PLAIN ${proof}`,
      'AUTH LOGIN',
      '*',
      '',
      '..',
    ],
    verbs:
      'HELO EHLO LHLO MAIL RCPT DATA RSET NOOP VRFY EXPN HELP ETRN AUTH STARTTLS XCLIENT XFORWARD FROB'.split(
        ' ',
      ),
    words: [
      ...addresses.map((path) => `FROM:${path}`),
      ...addresses.map((path) => `TO:${path}`),
      ...addresses,
      ...mailWords,
      'NAME=x',
      'ADDR=1.2.3.4',
      'PLAIN',
      'CRAM-MD5',
      '=',
      'YQ==',
    ],
  },
  lmtp: {
    roads: [
      'LHLO client.test',
      'MAIL FROM:<a@b.test>',
      'RCPT TO:<alice>',
      'DATA',
      '.',
      'RSET',
      'BDAT 7\r\nhello',
      'BDAT 7 LAST\r\nhello',
      'Subject: x',
      '',
      '..',
    ],
    verbs: 'LHLO EHLO MAIL RCPT DATA BDAT RSET NOOP VRFY STARTTLS XCLIENT FROB'.split(' '),
    words: [
      ...addresses.map((path) => `FROM:${path}`),
      ...addresses.map((path) => `TO:${path}`),
      ...mailWords,
    ],
  },
  pop3: {
    roads: ['USER alice', 'PASS wonderland', 'PASS wonderland', `AUTH PLAIN ${proof}`, 'STAT', 'RSET', '*'],
    verbs: 'USER PASS APOP AUTH CAPA STAT LIST RETR TOP DELE UIDL NOOP RSET LAST XCLIENT FROB'.split(' '),
    words: [
      '1',
      '2',
      '3',
      '0',
      '-1',
      '99999999999',
      '1 0',
      '2 5',
      'alice',
      'PLAIN',
      'LOGIN',
      '=',
      proof,
      'x',
    ],
  },
  imap: {
    roads: [
      't LOGIN alice wonderland',
      't LOGIN alice wonderland',
      't SELECT INBOX',
      't EXAMINE INBOX',
      't IDLE',
      'DONE',
      't CLOSE',
      't APPEND INBOX {5+}\r\nhello',
      't NOOP',
      '*',
    ],
    verbs:
      'CAPABILITY NOOP LOGIN AUTHENTICATE SELECT EXAMINE CREATE DELETE RENAME SUBSCRIBE UNSUBSCRIBE LIST LSUB STATUS APPEND CHECK CLOSE EXPUNGE SEARCH FETCH STORE COPY MOVE UID IDLE NAMESPACE ID UNSELECT ENABLE SORT THREAD NOTIFY CANCELUPDATE GETQUOTAROOT XLIST FROB'.split(
        ' ',
      ),
    words: [
      'INBOX',
      'tea',
      'tea/cup',
      '1',
      '1:*',
      '*',
      '$',
      '2,4:7',
      '(',
      ')',
      '()',
      '(\\Seen)',
      'FLAGS',
      '+FLAGS',
      '-FLAGS.SILENT',
      'FETCH',
      'STORE',
      'SEARCH',
      'ALL',
      'FULL',
      'ENVELOPE',
      'BODYSTRUCTURE',
      'BODY[]',
      'BODY.PEEK[1.MIME]<0.5>',
      'BODY[HEADER.FIELDS (SUBJECT)]',
      'BINARY[1]',
      'RFC822.SIZE',
      'OR',
      'NOT',
      'UNSEEN',
      'SUBJECT',
      'HEADER',
      'SINCE',
      '1-Jan-2024',
      'CHARSET',
      'UTF-8',
      'RETURN',
      '(SAVE)',
      '(COUNT MIN)',
      '(DATE)',
      'REFERENCES',
      '(MESSAGES UIDNEXT)',
      '"a b"',
      '""',
      '"',
      '\\',
      'NIL',
      '{3+}\r\nabc',
      '{3}',
      '{99999999999}',
      'CHANGEDSINCE',
      '(CONDSTORE)',
      'QRESYNC',
      proof,
      'PLAIN',
      '(SELECTED',
      '"%"',
      '%',
    ],
  },
  sieve: {
    roads: [
      `AUTHENTICATE "PLAIN" "${proof}"`,
      `AUTHENTICATE "PLAIN" "${proof}"`,
      'PUTSCRIPT "a" {5+}\r\nkeep;',
      'SETACTIVE "a"',
      'LISTSCRIPTS',
      'GETSCRIPT "a"',
      '"*"',
    ],
    verbs:
      'AUTHENTICATE CAPABILITY NOOP HAVESPACE PUTSCRIPT CHECKSCRIPT LISTSCRIPTS SETACTIVE GETSCRIPT DELETESCRIPT RENAMESCRIPT FROB'.split(
        ' ',
      ),
    words: [
      '"a"',
      '"b"',
      '""',
      '"',
      '"a\\"b"',
      '"../x"',
      '{3+}\r\nabc',
      '{3}',
      '{99999999999}',
      '"keep;"',
      '"require [\\"fileinto\\"]; fileinto \\"x\\";"',
      '"if true {"',
      '5',
      '-1',
      'x',
      '(',
      '\\',
    ],
  },
}

const odd = [
  '\0',
  '\x01',
  '\r',
  '\n',
  '\t',
  ' ',
  '\x7f',
  '\x80',
  '\xff',
  'é',
  '\xc3\xa9',
  '"',
  '\\',
  '<',
  '>',
  '{',
  '}',
  '%',
  '*',
  '+',
]

/** One line without its end; a road, a sentence of known words, noise in a known sentence, or noise alone. */
export function speak(protocol: Protocol, chance: Chance): string {
  const { roads, verbs, words } = vocabularies[protocol]
  const kind = chance(100)
  if (kind < 35) return chance.pick(roads)
  if (kind < 92) {
    const said = [chance.pick(verbs), ...Array.from({ length: chance(5) }, () => chance.pick(words))].join(
      ' ',
    )
    const tagged = protocol === 'imap' ? `t ${chance(8) === 0 ? 'UID ' : ''}${said}` : said
    return kind < 75 ? tagged : spoil(tagged, chance)
  }
  return noise(chance(kind === 92 ? 3000 : 60), chance)
}

/** A few letters changed, left out, put in. */
function spoil(text: string, chance: Chance): string {
  let spoiled = text
  for (let i = chance(4); i >= 0; i--) {
    const at = chance(spoiled.length + 1)
    spoiled = spoiled.slice(0, at) + (chance(2) === 0 ? chance.pick(odd) : '') + spoiled.slice(at + chance(3))
  }
  return spoiled
}

function noise(length: number, chance: Chance): string {
  return String.fromCharCode(...Array.from({ length }, () => chance(256)))
}
