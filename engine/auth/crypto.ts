/** The arithmetic that SASL mechanisms need, from node:crypto. */
import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { HashName, SaslCrypto } from '#protocol/sasl/world.ts'

const derive = promisify(pbkdf2)
const lengths: Record<HashName, number> = { md5: 16, sha1: 20, sha256: 32 }

export const nodeCrypto: SaslCrypto = {
  hash: (name, data) => createHash(name).update(data).digest(),
  hmac: (name, key, data) => createHmac(name, key).update(data).digest(),
  pbkdf2: (name, password, salt, iterations) => derive(password, salt, iterations, lengths[name], name),
  // Not the lab's chance: a challenge that a seed foretells protects nobody.
  random: (count) => randomBytes(count),
}
