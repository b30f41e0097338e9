import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Change } from '#platform/disk.ts'
import { nodeDisk } from '#platform/node/disk.ts'
import { decodeRecords, encodeRecord, type JournalRecord } from '#platform/node/journal-record.ts'
import { openJournal } from '#platform/node/journal.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'mailscope-journal-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

const segments = (data: string) =>
  fs.readdirSync(join(data, 'journal')).filter((name) => name.endsWith('.log'))

/** All files below a folder, with what is in them. */
function files(root: string, at = ''): Record<string, string> {
  return Object.assign(
    {},
    ...fs.readdirSync(root + at, { withFileTypes: true }).map((entry) => {
      const path = `${at}/${entry.name}`
      return entry.isDirectory() ? files(root, path) : { [path]: fs.readFileSync(root + path, 'utf8') }
    }),
  ) as Record<string, string>
}

/** The same tree with the same inodes, as a disk would show it that had kept this moment. */
function keepMoment(from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true })
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) keepMoment(join(from, entry.name), join(to, entry.name))
    else fs.linkSync(join(from, entry.name), join(to, entry.name))
  }
}

/** A data folder as found after a loss of power: another boot, a tree of some moment, the journal as far as it came. */
async function afterPowerLoss(tree: string, log: Buffer, name: string): Promise<Record<string, string>> {
  const data = join(folder, name)
  fs.mkdirSync(join(data, 'journal'), { recursive: true })
  fs.renameSync(tree, join(data, 'host'))
  const headEnd = log.indexOf(10)
  const head = log.subarray(0, headEnd).toString().split(' ')
  const number = Number(head[2])
  fs.writeFileSync(
    join(data, 'journal', `${String(number).padStart(8, '0')}.log`),
    Buffer.concat([Buffer.from(`mailscope journal ${number} another-boot`), log.subarray(headEnd)]),
  )
  const journal = await openJournal(data)
  await journal.close()
  expect(segments(data)).toEqual([])
  return files(join(data, 'host'))
}

describe('the journal', () => {
  it('is empty after a clean end', async () => {
    const journal = await openJournal(folder)
    await nodeDisk(join(folder, 'host'), journal).commit([{ kind: 'write', path: '/new/1', bytes: 'Hello' }])
    expect(segments(folder)).toHaveLength(1)
    await journal.close()
    expect(segments(folder)).toEqual([])
    expect(files(join(folder, 'host'))).toEqual({ '/new/1': 'Hello' })
  })

  it('loses no letter that was answered 250, and doubles none, when the engine is killed', async () => {
    for (const delay of [250, 350]) {
      const said = await killUnderLoad(delay)
      const journal = await openJournal(folder)
      await journal.close()
      const found = files(join(folder, 'host'))
      const [safe, moved, removed] = ['safe', 'moved', 'removed'].map(
        (what) =>
          new Set(said.flatMap((line) => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : []))),
      ) as [Set<string>, Set<string>, Set<string>]
      expect(safe.size).toBeGreaterThan(20)
      for (const name of safe) {
        const places = [`/new/${name}`, `/cur/${name}:2,S`].filter((path) => path in found)
        if (removed.has(name)) expect(places).toEqual([])
        // Killed between the removal and saying so, it may be gone.
        else if (places.length !== 0 || !moved.has(name)) expect(places).toHaveLength(1)
        if (moved.has(name)) expect(found).not.toHaveProperty(`/new/${name}`)
        for (const place of places) expect(found[place]).toBe(name.repeat(200))
      }
      // What was not answered is there whole or not at all.
      for (const [path, text] of Object.entries(found)) {
        if (path.startsWith('/new/')) expect(text).toBe(path.slice(5).repeat(200))
      }
      expect(Object.keys(found).filter((path) => path.startsWith('/tmp/'))).toEqual([])
    }
  }, 20_000)

  it('brings every letter back when power is lost before anything reached the trees', async () => {
    const journal = await openJournal(folder)
    const disk = nodeDisk(join(folder, 'host'), journal)
    const moments = join(folder, 'nothing')
    keepMoment(join(folder, 'host'), moments)
    await disk.commit([{ kind: 'write', path: '/queue/incoming/A', bytes: 'letter A' }])
    await disk.commit([{ kind: 'append', path: '/var/mail/alice', bytes: 'From bob\n' }])
    await disk.apply([
      { kind: 'mkdir', path: '/queue/active' },
      { kind: 'rename', from: '/queue/incoming/A', to: '/queue/active/A' },
    ])
    await disk.commit([{ kind: 'append', path: '/var/mail/alice', bytes: 'Hello\n' }])
    const now = files(join(folder, 'host'))
    const log = fs.readFileSync(join(folder, 'journal', segments(folder)[0] ?? ''))
    await journal.close()
    expect(await afterPowerLoss(moments, log, 'after')).toEqual(now)
  })

  it('ends with the newest state whichever moment of the trees survived, and never brings a moved letter back', async () => {
    const name = fc.constantFrom('/new/a', '/new/b', '/cur/a', '/cur/b')
    const change: fc.Arbitrary<Change> = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), path: name, bytes: fc.string({ maxLength: 5 }) }),
      fc.record({ kind: fc.constant('append' as const), path: name, bytes: fc.string({ maxLength: 5 }) }),
      fc.record({ kind: fc.constant('rename' as const), from: name, to: name }),
      fc.record({ kind: fc.constant('link' as const), from: name, to: name }),
      fc.record({ kind: fc.constant('remove' as const), path: fc.oneof(name, fc.constant('/new')) }),
      fc.record({ kind: fc.constant('mkdir' as const), path: fc.constantFrom('/new', '/cur') }),
    )
    const history = fc.array(fc.tuple(fc.constantFrom('apply' as const, 'commit' as const), change), {
      minLength: 3,
      maxLength: 12,
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(history, history, async (before, after) => {
        const data = join(folder, `run${++run}`)
        const journal = await openJournal(data)
        const disk = nodeDisk(join(data, 'host'), journal)
        for (const [how, one] of before) await disk[how]([one]).catch(() => undefined)
        await journal.checkpoint()
        const [logName = ''] = segments(data)
        const moments: { tree: string; kept: number }[] = []
        const keep = () => {
          const tree = join(folder, `run${run}-moment${moments.length}`)
          keepMoment(join(data, 'host'), tree)
          moments.push({ tree, kept: moments.length })
        }
        keep()
        // The first of them makes the journal know all paths, as the acceptance of a letter does.
        for (const path of ['/new/a', '/new/b', '/cur/a', '/cur/b']) {
          await disk.commit([{ kind: 'touch', path, modified: 1000 }]).catch(() => undefined)
          await disk.commit([{ kind: 'write', path: `${path}.letter`, bytes: path }])
        }
        for (const [, one] of after) {
          await disk.commit([one]).catch(() => undefined)
          keep()
        }
        const now = files(join(data, 'host'))
        const log = fs.readFileSync(join(data, 'journal', logName))
        await journal.close()
        for (const { tree, kept } of moments.slice(0, 4)) {
          expect(await afterPowerLoss(tree, log, `run${run}-after${kept}`)).toEqual(now)
        }
      }),
      { numRuns: 10 },
    )
  }, 30_000)

  it('does not take a torn or spoilt end of the journal for a letter', () => {
    const record = (number: number): JournalRecord => ({
      number,
      applied: 0,
      kind: 'changes',
      root: 'host',
      steps: [{ kind: 'write', path: `/new/${number}`, bytes: Buffer.from(`letter ${number}`) }],
    })
    const whole = Buffer.concat([1, 2, 3].map((number) => encodeRecord(record(number), 7)))
    expect([...decodeRecords(whole, 7)].map((one) => one.number)).toEqual([1, 2, 3])
    expect([...decodeRecords(whole, 8)]).toEqual([])
    const third = encodeRecord(record(3), 7).length
    fc.assert(
      fc.property(fc.nat(third - 1), fc.nat(third - 1), (cut, flipped) => {
        const torn = whole.subarray(0, whole.length - 1 - cut)
        expect([...decodeRecords(torn, 7)].map((one) => one.number)).toEqual([1, 2])
        const spoilt = Buffer.from(whole)
        const at = whole.length - 1 - flipped
        spoilt[at] = (spoilt[at] ?? 0) ^ 0xff
        expect([...decodeRecords(spoilt, 7)].map((one) => one.number)).toEqual([1, 2])
      }),
      { numRuns: 200 },
    )
  })

  it('does not take a removed host back', async () => {
    const journal = await openJournal(folder)
    await nodeDisk(join(folder, 'host'), journal).commit([{ kind: 'write', path: '/new/1', bytes: 'Hello' }])
    const log = fs.readFileSync(join(folder, 'journal', segments(folder)[0] ?? ''))
    await journal.close()
    fs.rmSync(join(folder, 'host'), { recursive: true })
    fs.writeFileSync(join(folder, 'journal', '00000001.log'), log)
    await (await openJournal(folder)).close()
    expect(fs.existsSync(join(folder, 'host'))).toBe(false)
  })
})

/** Returns what the process said before it was killed. */
function killUnderLoad(delay: number): Promise<readonly string[]> {
  const writer = join(import.meta.dirname, 'crash-writer.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', writer, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), delay))
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()))
  return new Promise((resolve) => {
    child.once('close', () => resolve(text.split('\n').slice(0, -1)))
  })
}
