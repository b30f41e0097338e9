/**
 * How a client proves to a server who it is: each mechanism as what it says first, and what it answers.
 *
 * RFC 4616 (PLAIN), RFC 2195 (CRAM-MD5), RFC 2831 (DIGEST-MD5), RFC 5802 and 7677 (SCRAM), RFC 4505 (ANONYMOUS);
 * the order of preference and the words of failure are those of Cyrus SASL.
 */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'

export type Credentials = { readonly user: string; readonly password: string }

type Client = {
  readonly credentials: Credentials
  /** Of the server: part of what is proved. */
  readonly host: string
  /** A nonce of ours. */
  readonly nonce: string
}

/** The next answer, or why there can be none. */
export type Answer = { readonly say: string } | { readonly failure: string }

export type Exchange = {
  /** Sent with AUTH; null when the server speaks first. */
  readonly initial: string | null
  answer(challenge: string): Answer
}

type Mechanism = {
  readonly name: string
  /** What smtp_sasl_security_options may forbid. */
  readonly weakness: 'noplaintext' | 'noanonymous' | null
  begin(client: Client): Exchange
}

const once = (initial: string): Exchange => ({ initial, answer: () => ({ failure: 'generic failure' }) })

/** Best first. */
const mechanisms: readonly Mechanism[] = [
  { name: 'SCRAM-SHA-256', weakness: null, begin: (client) => scram('sha256', client) },
  { name: 'SCRAM-SHA-1', weakness: null, begin: (client) => scram('sha1', client) },
  { name: 'DIGEST-MD5', weakness: null, begin: digestMd5 },
  {
    name: 'CRAM-MD5',
    weakness: null,
    begin: ({ credentials: { user, password } }) => ({
      initial: null,
      answer: (challenge) => ({
        say: `${user} ${createHmac('md5', password).update(challenge).digest('hex')}`,
      }),
    }),
  },
  {
    name: 'PLAIN',
    weakness: 'noplaintext',
    begin: ({ credentials: { user, password } }) => once(`\0${user}\0${password}`),
  },
  {
    name: 'LOGIN',
    weakness: 'noplaintext',
    begin({ credentials: { user, password } }) {
      const answers = [user, password]
      return {
        initial: null,
        answer() {
          const say = answers.shift()
          return say === undefined ? { failure: 'generic failure' } : { say }
        },
      }
    },
  },
  { name: 'ANONYMOUS', weakness: 'noanonymous', begin: ({ credentials: { user } }) => once(user) },
]

/** The best that the server offers and that is allowed; null when there is none. */
export const chooseMechanism = (offered: readonly string[], forbidden: readonly string[]): Mechanism | null =>
  mechanisms.find(
    ({ name, weakness }) => offered.includes(name) && (weakness === null || !forbidden.includes(weakness)),
  ) ?? null

function scram(hash: 'sha1' | 'sha256', { credentials: { user, password }, nonce }: Client): Exchange {
  const bare = `n=${user.replace(/=/g, '=3D').replace(/,/g, '=2C')},r=${nonce}`
  let verifier: Buffer | null = null
  const mac = (key: Buffer | string, text: string) => createHmac(hash, key).update(text).digest()
  return {
    initial: `n,,${bare}`,
    answer(challenge) {
      const fields = new Map(challenge.split(',').map((part) => [part.slice(0, 2), part.slice(2)]))
      if (verifier !== null) {
        const proof = Buffer.from(fields.get('v=') ?? '', 'base64')
        const right = proof.length === verifier.length && timingSafeEqual(proof, verifier)
        return right ? { say: '' } : { failure: 'authentication failure' }
      }
      const both = fields.get('r=') ?? ''
      const rounds = Number(fields.get('i=') ?? 0)
      const sane = both.startsWith(nonce) && both !== nonce && rounds > 0 && rounds <= 1_000_000
      if (!sane) return { failure: 'bad protocol / cancel' }
      const length = hash === 'sha1' ? 20 : 32
      const salted = pbkdf2Sync(password, Buffer.from(fields.get('s=') ?? '', 'base64'), rounds, length, hash)
      const clientKey = mac(salted, 'Client Key')
      const unproved = `c=biws,r=${both}`
      const all = `${bare},${challenge},${unproved}`
      const signature = mac(createHash(hash).update(clientKey).digest(), all)
      verifier = mac(mac(salted, 'Server Key'), all)
      const proof = clientKey.map((byte, i) => byte ^ (signature[i] ?? 0))
      return { say: `${unproved},p=${Buffer.from(proof).toString('base64')}` }
    },
  }
}

function digestMd5({ credentials: { user, password }, host, nonce: cnonce }: Client): Exchange {
  let answered = false
  const md5 = (...parts: readonly (string | Buffer)[]) => {
    const hash = createHash('md5')
    for (const part of parts) hash.update(part)
    return hash.digest()
  }
  return {
    initial: null,
    answer(challenge) {
      // The server's own proof, which the client acknowledges.
      if (answered) return { say: '' }
      answered = true
      const fields = new Map(
        [...challenge.matchAll(/([a-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^,]*))/gi)].map(
          ([, name = '', quoted, plain = '']) => [name.toLowerCase(), quoted ?? plain],
        ),
      )
      const nonce = fields.get('nonce')
      if (nonce === undefined) return { failure: 'authentication failure' }
      const realm = fields.get('realm') ?? ''
      const uri = `smtp/${host}`
      const secret = md5(md5(`${user}:${realm}:${password}`), `:${nonce}:${cnonce}`).toString('hex')
      const about = md5(`AUTHENTICATE:${uri}`).toString('hex')
      const response = md5(`${secret}:${nonce}:00000001:${cnonce}:auth:${about}`).toString('hex')
      const said = [
        `username="${user}"`,
        ...(realm === '' ? [] : [`realm="${realm}"`]),
        `nonce="${nonce}"`,
        `cnonce="${cnonce}"`,
        'nc=00000001',
        'qop=auth',
        `digest-uri="${uri}"`,
        `response=${response}`,
      ]
      return { say: said.join(',') }
    },
  }
}
