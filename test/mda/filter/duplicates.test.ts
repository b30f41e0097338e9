// What was answered already, kept in Dovecot's own file.
import { expect, test } from 'vitest'
import { Duplicates } from '#mda/filter/duplicates.ts'
import { memoryDisk } from '#platform/memory/disk.ts'

const fresh = () => {
  const disk = memoryDisk({ now: () => 0 })
  return { disk, open: () => new Duplicates(disk, '/home/alice', 'alice') }
}

test('a mark counts until its time is over, also after a restart', async () => {
  const { open } = fresh()
  await open().remember(['vacation', 'h', 'petra@x'], 2000, 1000)
  expect(await open().isKnown(['vacation', 'h', 'petra@x'], 1500)).toBe(true)
  expect(await open().isKnown(['vacation', 'h', 'quentin@x'], 1500)).toBe(false)
  expect(await open().isKnown(['vacation', 'h', 'petra@x'], 2001)).toBe(false)
})

test('the file has the version, then a record for each mark', async () => {
  const { disk, open } = fresh()
  await open().remember(['a'], 2000, 1000)
  await open().remember(['b'], 3000, 1000)
  const bytes = Buffer.from(await disk.read('/home/alice/.dovecot.lda-dupes'))
  expect(bytes.readUInt32LE(0)).toBe(2)
  expect([bytes.readUInt32LE(4), bytes.readUInt32LE(8), bytes.readUInt32LE(12)]).toEqual([2000, 16, 5])
  expect(bytes.length).toBe(4 + 2 * (12 + 16 + 5))
})

test('a file that is broken is begun anew', async () => {
  const { disk, open } = fresh()
  await disk.apply([
    { kind: 'write', path: '/home/alice/.dovecot.lda-dupes', bytes: Buffer.from([2, 0, 0, 0, 1, 2, 3]) },
  ])
  await open().remember(['a'], 2000, 1000)
  expect(await open().isKnown(['a'], 1000)).toBe(true)
})
