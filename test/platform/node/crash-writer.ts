/** A process that takes in mail, moves it and removes it as fast as it can, and says what it was told is safe. */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { nodeDisk } from '#platform/node/disk.ts'
import { openJournal } from '#platform/node/journal.ts'

const folder = process.argv[2] ?? ''
const disk = nodeDisk(join(folder, 'host'), await openJournal(folder))
const say = (what: string, name: string) => writeSync(1, `${what} ${name}\n`)
let letters = 0

async function work(): Promise<never> {
  for (;;) {
    const name = `${process.pid}.${++letters}`
    await disk.commit([
      { kind: 'write', path: `/tmp/${name}`, bytes: name.repeat(200), exclusive: true },
      { kind: 'mkdir', path: '/new' },
      { kind: 'rename', from: `/tmp/${name}`, to: `/new/${name}` },
    ])
    say('safe', name)
    if (letters % 2 === 0) continue
    await disk.apply([
      { kind: 'mkdir', path: '/cur' },
      { kind: 'rename', from: `/new/${name}`, to: `/cur/${name}:2,S` },
    ])
    say('moved', name)
    if (letters % 3 !== 0) continue
    await disk.apply([{ kind: 'remove', path: `/cur/${name}:2,S` }])
    say('removed', name)
  }
}

await Promise.all(Array.from({ length: 8 }, work))
