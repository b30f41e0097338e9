// What `mailscope` says when what it is given is wrong: one sentence with its place, exit 2, nothing started.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { removeFolder, startMailscope, temporaryFolder } from '../lab/start.ts'

const bin = resolve(import.meta.dirname, '../../bin.js')
const folder = temporaryFolder()
let labs = 0

vi.setConfig({ testTimeout: 60_000 })
afterAll(() => removeFolder(folder))

async function mailscope(
  ...words: string[]
): Promise<{ stdout: string; stderr: string; exit: number | null }> {
  const child = spawn(process.execPath, [bin, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [exit] = (await once(child, 'close')) as [number | null]
  return { stdout, stderr, exit }
}

function write(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return name
}

const lab =
  'lab: tiny\nhosts:\n  - name: mail.example.com\n    address: 192.0.2.10\n    services: [smtp]\n    publish: { smtp: 0 }\n'

describe('mailscope up', () => {
  test.each([
    [
      'a key that there is not',
      'lab: tiny\nhosts:\n  - name: a.example\n    adress: 192.0.2.1\n',
      '',
      'lab.yaml:4:5: unknown key "adress": did you mean "address"?',
    ],
    ['YAML that does not parse', 'lab: tiny\nhosts: [\n', '', 'lab.yaml:3:1: '],
    [
      'an address of the real internet',
      'lab: tiny\nhosts:\n  - name: a.example\n    address: 8.8.8.8\n',
      '',
      'lab.yaml:4:14: hosts[0].address must lie in 192.0.2.0/24',
    ],
    [
      'a zone with a bad record',
      'lab: tiny\nhosts:\n  - name: a.example\n    address: 192.0.2.1\n',
      'a.example. A 192.0.2\n',
      'zone:1:14: ',
    ],
  ])('refuses a lab with %s', async (_what, yaml, zone, sentence) => {
    const name = `bad-${++labs}`
    write(`${name}/lab.yaml`, yaml)
    if (zone !== '') write(`${name}/zone`, zone)
    const { stderr, exit } = await mailscope('up', name)
    expect(stderr).toContain(`${name}/${sentence}`)
    expect(exit).toBe(2)
  })

  test('refuses a main.cf that Postfix would not start with, naming its line', async () => {
    write('bad-main/lab.yaml', lab.replace('    publish: { smtp: 0 }\n', ''))
    write(
      'bad-main/hosts/mail.example.com/etc/postfix/main.cf',
      'myhostname = mail.example.com\nnot a setting\n',
    )
    const { stderr, exit } = await mailscope('up', 'bad-main')
    expect(stderr).toContain('bad-main/hosts/mail.example.com/etc/postfix/main.cf:2:1: ')
    expect(exit).toBe(2)
  })

  test('says which port is in use and how to choose another', { timeout: 60_000 }, async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    write('taken/lab.yaml', lab.replace('smtp: 0', `smtp: ${port}`))
    const { stderr, exit } = await mailscope('up', 'taken', '--data', 'taken-data', '--http', '127.0.0.1:0')
    other.close()
    expect(stderr).toContain(`port ${port} of 127.0.0.1`)
    expect(stderr).toContain('--publish auto')
    expect(exit).toBe(2)
  })

  test(
    'refuses a data folder that another engine holds, ends cleanly on SIGTERM, and finds its mail at the next start',
    { timeout: 60_000 },
    async () => {
      const first = await startMailscope({ data: join(folder, 'held') })
      const { stderr, exit } = await mailscope(
        'up',
        '--data',
        'held',
        '--publish',
        'off',
        '--http',
        '127.0.0.1:0',
      )
      expect(stderr).toMatch(/held.*in use|pid/)
      expect(exit).toBe(2)
      expect(await first.stop('SIGTERM')).toBe(0)
      const second = await startMailscope({ data: join(folder, 'held') })
      expect(await second.stop('SIGINT')).toBe(0)
    },
  )

  test('names a lab, an option and a command that there are not', async () => {
    expect(await mailscope('up', 'nowhere')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('nowhere is neither a folder') as string,
    })
    expect(await mailscope('up', '--publish', 'all')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('fixed, auto, off') as string,
    })
    expect(await mailscope('down')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('there is no command down') as string,
    })
  })
})

describe('mailscope check', () => {
  test('prints each problem with its place and exits 2, or nothing and exits 0', async () => {
    write('etc/main.cf', 'myhostname = a.example\n  # a comment\nnot a setting\n')
    const wrong = await mailscope('check', 'etc/main.cf')
    expect(wrong.stdout).toContain('etc/main.cf:3:1: ')
    expect(wrong.exit).toBe(2)
    write('etc/good/main.cf', 'myhostname = a.example\n')
    expect(await mailscope('check', 'etc/good')).toEqual({ stdout: '', stderr: '', exit: 0 })
  })
})

describe('mailscope run', () => {
  test('exits 0 only when every expectation held', { timeout: 60_000 }, async () => {
    const talk = [
      'client laptop 192.0.2.50 to mail.example.com:25',
      'S: 220 *',
      'C: NOOP',
      'S: 250 *',
      'C: QUIT',
      'S: 221 *',
      '',
    ].join('\n')
    write('good.scenario', talk)
    expect((await mailscope('run', 'good.scenario')).exit).toBe(0)
    write('wrong.scenario', talk.replace('S: 250 *', 'S: 550 *'))
    expect((await mailscope('run', 'wrong.scenario')).exit).toBe(1)
    write('broken.scenario', 'talk to me\n')
    const broken = await mailscope('run', 'broken.scenario')
    expect(broken.stderr).toContain('broken.scenario:1:1: ')
    expect(broken.exit).toBe(2)
  })
})
