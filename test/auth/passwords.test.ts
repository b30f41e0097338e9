import { describe, expect, test } from 'vitest'
import { cryptPassword, hashPassword, verifyCrypt } from '#auth/crypt.ts'
import { checkStored } from '#auth/schemes.ts'

describe('hashes of /etc/shadow', () => {
  // As `openssl passwd` and the specification's own examples have them.
  test.each([
    [
      'wonderland',
      '$6$saltstring$Q78qN3hztgTquoWC9NtuDHj45jbqRGGbA4LEwaFxw3MHtUvbisWpNl2GcJxgV8s4WnkDTKEyViX3xD6jBJP0B0',
    ],
    ['wonderland', '$5$saltstring$P8WxiZdsQgEV/WrUJLFhcY321KVz2YovpJcf0/DrUQ2'],
    ['wonderland', '$1$abcdefgh$90FgjgNE3pH//25Pe/ys.1'],
    [
      'Hello world!',
      '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
    ],
  ])('%s is the password of %s', (password, hash) => {
    expect(cryptPassword(password, hash)).toBe(hash)
    expect(verifyCrypt(`${password}?`, hash)).toBe(false)
  })

  test('a new hash is salted, and fits its password only', () => {
    const hash = hashPassword('wonderland')
    expect(hash).toMatch(/^\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}$/)
    expect(verifyCrypt('wonderland', hash)).toBe(true)
    expect(verifyCrypt('looking-glass', hash)).toBe(false)
    expect(hashPassword('wonderland')).not.toBe(hash)
  })

  test('a locked account has no password at all', () => {
    for (const hash of ['*', '!', '', '!$6$saltstring$x']) expect(verifyCrypt('', hash)).toBe(false)
  })
})

describe('password schemes of Dovecot', () => {
  // From `doveadm pw -p secret`.
  test.each([
    '{PLAIN}secret',
    '{SSHA}Utx6/ZMwWeYduCXR7SeYLSGYmfilKQ6y',
    '{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=',
    '{SSHA256}wunCL2OyKJJO4asFDZ3FQAXnqg9AZRfuoVaJNLHhC9qzIlGS',
    '{MD5-CRYPT}$1$Q1ETpenc$8I3EiRidzSpR8EmRe09NB.',
    '{PLAIN-MD5}5ebe2294ecd0e0f08eab7690d2a6ee69',
    '{SHA512-CRYPT}$6$qL5ifMr6Bto4CMTz$PxiF7pDYa9z2FNz5bOVIfiM6xtUcNFV1ttxpIKXrxivEOmW8ZfIFxU.zBjKkRJP3TkBu5WpmzVx0BNBzQpSHC0',
    '{LDAP-MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==',
    '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=',
    '{SMD5}JllM0eEzrW4D83uZtE8DL4Hdkpw=',
    '{BLF-CRYPT}$2y$05$IOUSBywZrs5ORIRIxe7Xg.5yloY5AXCiQeICFDremkdTy0b/B2.du',
    '{CRYPT}$2y$05$SC890p2qfT90LuKmtTfpLu5r42Yx7mz9wsUydpHlS7HJjJT4edvsC',
    '{PBKDF2}$1$e9bFw3ZDb6Pyg/RO$5000$9f80ce85750ce986fb2f4de3af67a33c05e6766f',
    '{CRAM-MD5}cd3ba7deaad6e5ca23448ba42e379747a9e0f7f1fbc00c8a81bbaac395731b56',
    '{DIGEST-MD5}e61eaff2eb8de36bf910817623d5faef',
    '{PLAIN.b64}c2VjcmV0',
    '{SCRAM-SHA-256}4096,1Ra5dD1VZr3R1f4OivNo9w==,NP1NW/mbz5/IH/GtdlppQffg+LAeOef98p7Xjl+83Pk=,2uRqvofdF+myyuclR35tXR49nXTIlTe2EceR6S2CxNc=',
  ])('%s', (stored) => {
    expect(checkStored('secret', stored, 'CRYPT', 'ann')).toEqual({ kind: 'ok' })
    expect(checkStored('Secret', stored, 'CRYPT', 'ann')).toEqual({ kind: 'wrong' })
  })

  test('a scheme that nobody knows lets nobody in, and says so', () => {
    expect(checkStored('secret', '{ROT13}frperg', 'CRYPT', 'ann')).toMatchObject({
      kind: 'bad',
      why: 'Unknown scheme ROT13',
    })
  })
})
