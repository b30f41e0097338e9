/** What every type of lookup table promises: one answer to one key, with the three outcomes kept apart. */
import { describe, expect, test } from 'vitest'
import type { Table } from '#tables/table.ts'
import type { OpenOutcome } from '#tables/type.ts'

export type TableUnderTest = {
  readonly type: string
  readonly open: () => OpenOutcome
  /** A key with a row, what the row says, and the row's line where the type knows it. */
  readonly row: { readonly key: string; readonly value: string; readonly line?: number }
  /** A key without a row; null for a type that answers every key. */
  readonly missing: string | null
  readonly keys: Table['keys']
  /** Whether upper case finds the same row. */
  readonly letters: 'fold' | 'exact'
}

export function tableContract(subject: TableUnderTest): void {
  describe(`a ${subject.type} table`, () => {
    const table = (): Table => {
      const outcome = subject.open()
      if (outcome.kind === 'bad') throw new Error(outcome.reason)
      return outcome.table
    }

    test('answers a key that has a row', async () => {
      const { key, value, line } = subject.row
      const found = await table().lookup(key)
      expect(found).toMatchObject({ outcome: 'found', value })
      if (line !== undefined) expect(found).toMatchObject({ line })
    })

    test('says "absent" of a key without a row', async () => {
      if (subject.missing === null) return
      expect(await table().lookup(subject.missing)).toEqual({ outcome: 'absent' })
    })

    test(`treats upper case as ${subject.letters === 'fold' ? 'the same' : 'another'} key`, async () => {
      const upper = await table().lookup(subject.row.key.toUpperCase())
      const same = upper.outcome === 'found' && upper.value === subject.row.value
      expect(same).toBe(subject.letters === 'fold')
    })

    test('gives the same answer twice', async () => {
      const opened = table()
      expect(await opened.lookup(subject.row.key)).toEqual(await opened.lookup(subject.row.key))
    })

    test('says whether parts of a key may be asked', () => expect(table().keys).toBe(subject.keys))

    test('bears any key', async () => {
      const opened = table()
      for (const key of ['', ' ', '\0', 'é', 'x'.repeat(10_000), '\n', '$1', '[::1]']) {
        expect((await opened.lookup(key)).outcome).toMatch(/^(?:found|absent|unavailable)$/)
      }
    })
  })
}
