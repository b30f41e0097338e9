/**
 * The certificate authority of a data folder: signs what the lab's servers show when TLS begins.
 * RFC 5280 (certificates), RFC 6125 (which names they must have). Also wrong ones on purpose, for lessons.
 */
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { createHash, webcrypto } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAddress } from '#platform/addresses.ts'

export type Certificate = {
  /** PEM. */
  readonly certificate: string
  readonly key: string
}

/** What is wrong with a certificate, on purpose. */
export type Flaw = 'none' | 'expired' | 'not-yet-valid' | 'self-signed' | 'wrong-name'

export type CertificateWish = {
  readonly names: readonly string[]
  readonly addresses?: readonly string[]
  /** Lab time, ms since 1970. */
  readonly at: number
  readonly flaw?: Flaw
}

export interface Authority {
  /** The root certificate, PEM. */
  readonly root: string
  /** A certificate for a host; the one from last time when it still fits. */
  certify(wish: CertificateWish): Promise<Certificate>
}

const day = 86_400_000
const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const issuer = 'CN=Mailscope Root, O=Mailscope'
x509.cryptoProvider.set(webcrypto as Crypto)

/** Opens the authority of a folder, or founds it. A null folder: one that lives in memory only. */
export async function openAuthority(folder: string | null, now: number): Promise<Authority> {
  const store = folder === null ? memoryStore() : folderStore(folder)
  const own = store.read('root') ?? (await found(now))
  store.write('root', own)
  const root = new x509.X509Certificate(own.certificate)
  const signingKey = await readKey(own.key)

  return {
    root: own.certificate,
    async certify(wish) {
      const name = createHash('sha256')
        .update(JSON.stringify([wish.names, wish.addresses ?? [], wish.flaw ?? 'none']))
        .digest('hex')
        .slice(0, 24)
      const known = store.read(name)
      if (known !== null && fits(known, wish)) return known
      const made = await sign(wish, { root, signingKey })
      store.write(name, made)
      return made
    },
  }
}

async function found(now: number): Promise<Certificate> {
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: issuer,
    serialNumber: serialNumber(),
    keys,
    signingAlgorithm: curve,
    // Wide enough for whatever time a lab's clock shows.
    notBefore: new Date(Math.min(now, Date.UTC(2000, 0, 1))),
    notAfter: new Date(now + 36_500 * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: pem(certificate), key: await writeKey(keys.privateKey) }
}

async function sign(
  wish: CertificateWish,
  authority: { root: x509.X509Certificate; signingKey: CryptoKey },
): Promise<Certificate> {
  const keys = await newKeys()
  const wrong = wish.flaw === 'wrong-name'
  const names = wrong ? ['wrong-name.invalid'] : wish.names
  const addresses = wrong ? [] : (wish.addresses ?? []).filter(isAddress)
  const selfSigned = wish.flaw === 'self-signed'
  const subject = `CN=${names[0] ?? 'localhost'}`
  const [notBefore, notAfter] = validity(wish)
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: selfSigned ? subject : authority.root.subject,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: selfSigned ? keys.privateKey : authority.signingKey,
    signingAlgorithm: curve,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns' as const, value })),
        ...addresses.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(
        selfSigned ? keys.publicKey : authority.root.publicKey,
      ),
    ],
  })
  return { certificate: pem(certificate), key: await writeKey(keys.privateKey) }
}

function validity({ at, flaw }: CertificateWish): [Date, Date] {
  switch (flaw) {
    case 'expired':
      return [new Date(at - 400 * day), new Date(at - 3 * day)]
    case 'not-yet-valid':
      return [new Date(at + 30 * day), new Date(at + 400 * day)]
    default:
      // A lab's clock may be advanced by weeks, and may stand before the computer's.
      return [new Date(at - 30 * day), new Date(at + 825 * day)]
  }
}

/** Whether a certificate made earlier is still as wished at this moment. */
function fits({ certificate }: Certificate, { at, flaw }: CertificateWish): boolean {
  const { notBefore, notAfter } = new x509.X509Certificate(certificate)
  if (flaw === 'expired') return notAfter.getTime() < at
  if (flaw === 'not-yet-valid') return notBefore.getTime() > at
  return notBefore.getTime() <= at && at + 60 * day <= notAfter.getTime()
}

async function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(curve, true, ['sign', 'verify'])
}

async function writeKey(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}

function readKey(text: string): Promise<CryptoKey> {
  const [bytes] = x509.PemConverter.decode(text)
  if (bytes === undefined) throw new Error('the key of the certificate authority cannot be read')
  return webcrypto.subtle.importKey('pkcs8', bytes, curve, true, ['sign'])
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`
}

function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  // Positive, and without a leading zero: RFC 5280 §4.1.2.2.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

type Store = {
  read(name: string): Certificate | null
  write(name: string, certificate: Certificate): void
}

function memoryStore(): Store {
  const known = new Map<string, Certificate>()
  return { read: (name) => known.get(name) ?? null, write: (name, made) => known.set(name, made) }
}

/** One file for both, so that a certificate never meets the key of another. */
function folderStore(folder: string): Store {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = (name: string) => join(folder, `${name}.pem`)
  return {
    read(name) {
      if (!existsSync(file(name))) return null
      const text = readFileSync(file(name), 'utf8')
      const end = text.indexOf('-----BEGIN PRIVATE KEY-----')
      return end < 0 ? null : { certificate: text.slice(0, end), key: text.slice(end) }
    },
    write(name, { certificate, key }) {
      const text = certificate + key
      if (existsSync(file(name)) && readFileSync(file(name), 'utf8') === text) return
      const fresh = `${file(name)}.new`
      rmSync(fresh, { force: true })
      writeFileSync(fresh, text, { mode: 0o600, flag: 'wx', flush: true })
      renameSync(fresh, file(name))
    },
  }
}
