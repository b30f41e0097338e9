/**
 * One box of the lab as its daemons see it: the platform's parts, bound to its name and addresses, and the
 * users that its own /etc/passwd names.
 */
import { constants } from 'node:crypto'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import type { Emit, Machine, SystemUser, TlsTerms } from '#engine/machine.ts'
import type { Clock } from '#platform/clock.ts'
import type { Disk } from '#platform/disk.ts'
import type { HostNet } from '#platform/net.ts'
import type { Random } from '#platform/random.ts'
import { parsePasswd } from '#platform/passwd.ts'
import type { Resolver } from '#platform/resolver.ts'

export type MachineParts = {
  readonly name: string
  readonly addresses: readonly string[]
  readonly clock: Clock
  readonly disk: Disk
  readonly net: HostNet
  readonly resolver: Resolver
  readonly random: Random
  readonly emit: Emit
  readonly next: Machine['next']
}

export function createMachine(parts: MachineParts): Machine {
  const users = passwordFile(parts.disk)
  const contexts = new Map<string, { stamp: string; context: SecureContext }>()
  return {
    ...parts,
    user: async (name) => (await users()).find((user) => user.name === name) ?? null,
    users,
    async secureContext({ certificate, key, authorities, terms }) {
      const files = [certificate, key, ...(authorities === undefined ? [] : [authorities])]
      const stamp = (await Promise.all(files.map((file) => parts.disk.stat(file))))
        .map((stat) => `${stat?.modified}:${stat?.inode}`)
        .join(' ')
      const name = `${files.join(' ')} ${JSON.stringify(terms)}`
      const known = contexts.get(name)
      if (known?.stamp === stamp) return known.context
      const [cert, secret, ca] = await Promise.all(files.map((file) => parts.disk.readText(file)))
      const context = createSecureContext({
        cert,
        key: secret,
        ...(ca === undefined ? {} : { ca }),
        ...(terms === undefined ? {} : optionsOf(terms)),
      })
      contexts.set(name, { stamp, context })
      return context
    },
  }
}

const never = {
  TLSv1: constants.SSL_OP_NO_TLSv1,
  'TLSv1.1': constants.SSL_OP_NO_TLSv1_1,
  'TLSv1.2': constants.SSL_OP_NO_TLSv1_2,
  'TLSv1.3': constants.SSL_OP_NO_TLSv1_3,
} as const

function optionsOf({ versions, ciphers, curves }: TlsTerms): SecureContextOptions {
  const refused = Object.entries(never).filter(([version]) => !versions?.some((wanted) => wanted === version))
  return {
    ...(versions === undefined
      ? {}
      : {
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.3',
          secureOptions: refused.reduce((options, [, option]) => options | option, 0),
        }),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(curves === undefined ? {} : { ecdhCurve: curves.join(':') }),
  }
}

/** Reads /etc/passwd again only when it changed. passwd(5). */
function passwordFile(disk: Disk): () => Promise<readonly SystemUser[]> {
  let stamp = ''
  let known: readonly SystemUser[] = []
  return async () => {
    const stat = await disk.stat('/etc/passwd')
    const now = `${stat?.modified}:${stat?.size}:${stat?.inode}`
    if (now === stamp) return known
    known = stat === null ? [] : parsePasswd(await disk.readText('/etc/passwd'))
    stamp = now
    return known
  }
}
