/**
 * What a daemon may use of the box it runs on. `lab.ts` builds one for every host; a daemon gets it as an argument
 * and asks for nothing else: no global, no import of another daemon.
 */
import type { SecureContext } from 'node:tls'
import type { Clock } from '#platform/clock.ts'
import type { Disk } from '#platform/disk.ts'
import type { HostNet } from '#platform/net.ts'
import type { Random } from '#platform/random.ts'
import type { Resolver } from '#platform/resolver.ts'
import type { TraceFact } from '#trace/events.ts'

/** States a fact at the moment it became true. The recorder adds seq, time, host and journey. */
export type Emit = (fact: TraceFact) => void

export interface Machine {
  /** As `hostname` prints it: mail.example.com. */
  readonly name: string
  /** Its addresses, the first being the one that lab.yaml names. */
  readonly addresses: readonly string[]
  readonly clock: Clock
  readonly disk: Disk
  readonly net: HostNet
  readonly resolver: Resolver
  readonly random: Random
  readonly emit: Emit
  /** System users, as `getent passwd` knows them; read anew from /etc/passwd when it changes. */
  user(name: string): Promise<SystemUser | null>
  users(): Promise<readonly SystemUser[]>
  /** A TLS context from certificate and key files (PEM) of this host's disk. Throws DiskError or an Error that says why. */
  secureContext(files: {
    certificate: string
    key: string
    /** Certificates of authorities that a peer's certificate is held against. */
    authorities?: string
    terms?: TlsTerms
  }): Promise<SecureContext>
  /** A session, connection or process number that was not given out before in this lab. */
  next(kind: 'session' | 'process'): number
}

/** What may be agreed on in a handshake; what is left out is as OpenSSL has it. */
export type TlsTerms = {
  readonly versions?: readonly TlsVersion[]
  /** In the words of ciphers(1). */
  readonly ciphers?: string
  readonly curves?: readonly string[]
}
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

export type SystemUser = {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  /** The GECOS field: the person's full name, often empty. */
  readonly fullName: string
}
