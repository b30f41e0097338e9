// A little of `npm run fuzz`: random lines, always the same, at every server.
import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'

const names = { smtp: 'SMTP', pop3: 'POP3', imap: 'IMAP', lmtp: 'LMTP', sieve: 'ManageSieve' } as const

for (const [protocol, name] of Object.entries(names) as [keyof typeof names, string][]) {
  test(`${name} answers 2,000 random lines within its grammar`, { timeout: 20_000 }, async () => {
    const { complaints, sent, heard } = await fuzz(protocol, { lines: 2000, seed: 5321 })
    expect(complaints).toEqual([])
    expect(sent).toBe(2000)
    expect(heard).toBeGreaterThan(500)
  })
}
