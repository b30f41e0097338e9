/** The mechanisms that there are, by the names under which servers announce them. */
import { apop } from './apop.ts'
import { cramMd5 } from './cram-md5.ts'
import { digestMd5 } from './digest-md5.ts'
import { login } from './login.ts'
import type { SaslExchange } from './mechanism.ts'
import { plain } from './plain.ts'
import { scramSha1, scramSha256 } from './scram.ts'
import type { SaslWorld } from './world.ts'
import { named } from '#protocol/named.ts'

export const mechanisms: Readonly<Record<string, (world: SaslWorld) => SaslExchange>> = named({
  PLAIN: plain,
  LOGIN: login,
  'CRAM-MD5': cramMd5,
  'DIGEST-MD5': digestMd5,
  'SCRAM-SHA-1': scramSha1,
  'SCRAM-SHA-256': scramSha256,
  APOP: apop,
})
