import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { memoryDisk } from '#platform/memory/disk.ts'
import { nodeDisk } from '#platform/node/disk.ts'
import { openJournal } from '#platform/node/journal.ts'
import { diskContract } from '../contract/disk.contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'mailscope-disk-'))
const journal = await openJournal(folder)
let hosts = 0

afterAll(async () => {
  await journal.close()
  rmSync(folder, { recursive: true })
})

diskContract('a disk in memory', async () => memoryDisk({ now: () => 1000 }))
diskContract('a folder of this computer', async () => nodeDisk(join(folder, `host${++hosts}`), journal))

describe('a small disk in memory', () => {
  it('is full when it is full, and has room again when mail is removed', async () => {
    const disk = memoryDisk({ capacity: 10 })
    await disk.apply([{ kind: 'write', path: '/a', bytes: '12345678' }])
    await expect(disk.commit([{ kind: 'append', path: '/a', bytes: '345' }])).rejects.toMatchObject({
      code: 'ENOSPC',
    })
    await expect(
      disk.commit([
        { kind: 'remove', path: '/a' },
        { kind: 'write', path: '/b', bytes: '12345678901' },
      ]),
    ).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(await disk.readText('/a')).toBe('12345678')
    await disk.commit([
      { kind: 'remove', path: '/a' },
      { kind: 'write', path: '/b', bytes: '1234567890' },
    ])
  })
})
