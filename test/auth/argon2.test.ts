import { describe, expect, test } from 'vitest'
import { verifyArgon2, writeArgon2 } from '#auth/argon2.ts'

describe('a password kept by Argon2', () => {
  test('is known again, and no other is', () => {
    const costs = { memory: 64, passes: 3, lanes: 1 }
    const stored = writeArgon2('argon2id', 'secret', Buffer.from('0123456789abcdef'), costs)
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=64,t=3,p=1\$MDEyMzQ1Njc4OWFiY2RlZg\$/)
    expect(verifyArgon2('secret', stored)).toBe(true)
    expect(verifyArgon2('Secret', stored)).toBe(false)
  })

  test.each([
    ['no hash at all', 'x'],
    ['too much memory', '$argon2id$v=19$m=9999999,t=3,p=1$MDEyMzQ1Njc$MDEyMzQ1Njc'],
    ['no passes', '$argon2id$v=19$m=64,t=0,p=1$MDEyMzQ1Njc$MDEyMzQ1Njc'],
    ['fewer blocks than lanes need', '$argon2i$v=19$m=8,t=1,p=2$MDEyMzQ1Njc$MDEyMzQ1Njc'],
  ])('is not looked for with %s', (_what, stored) => {
    expect(verifyArgon2('secret', stored)).toBe(false)
  })

  test('is what the reference implementation computes in its own tests', () => {
    const known = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
    expect(verifyArgon2('password', known)).toBe(true)
    const lanes = '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc'
    expect(verifyArgon2('password', lanes)).toBe(true)
    const blind = '$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8'
    expect(verifyArgon2('password', blind)).toBe(true)
  })
})
