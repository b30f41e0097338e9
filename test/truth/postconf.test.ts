// postconf prints, warns and edits as the real one did: recordings of Postfix 3.7.11, byte for byte.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { postconf } from '#host/commands/postconf.ts'
import type { Box, CommandResult } from '#host/command.ts'
import { testBox } from '../host/box.ts'

const folder = join(import.meta.dirname, 'recorded/postconf')
const recorded = (name: string): string => readFileSync(join(folder, name), 'utf8')
const masterCf = recorded('postconf-M-master.txt')
const debianMainCf = 'compatibility_level = 3.6\n'

/** The folder that the recorder called {DIR}: a configuration in each of its folders. */
async function recorder(...configurations: readonly string[]): Promise<Box> {
  const files: Record<string, string> = {
    '/etc/postfix/main.cf': debianMainCf,
    '/etc/postfix/master.cf': masterCf,
  }
  for (const name of configurations) {
    files[`/w/${name}/main.cf`] = recorded(`${name === 'e' ? 'a' : name}/main.cf`)
    files[`/w/${name}/master.cf`] = masterCf
  }
  return testBox({ files })
}

const run = (box: Box, words: readonly string[]): Promise<CommandResult> =>
  postconf.run({ box, user: 'root', words: ['postconf', ...words], stdin: '', directory: '/w' })

const stdout = async (box: Box, ...words: string[]): Promise<string> => (await run(box, words)).stdout

describe('postconf', () => {
  test('prints every default', async () => {
    const printed = (await stdout(await recorder(), '-d')).replace(/(process_id = )\d+/, '$1{PID}')
    expect(printed).toBe(recorded('postconf-d.txt'))
  })

  test.each([
    ['-m', 'postconf-m-map-types.txt'],
    ['-a', 'postconf-a-server-sasl.txt'],
    ['-A', 'postconf-A-client-sasl.txt'],
    ['-l', 'postconf-l.txt'],
    ['-t', 'postconf-t-templates.txt'],
  ])('%s prints what Debian was built with', async (letter, file) => {
    expect(await stdout(await recorder(), letter)).toBe(recorded(file))
  })

  test('-T says which OpenSSL it was built with', async () => {
    expect(await stdout(await recorder(), '-T', 'compile-version')).toBe(recorded('postconf-T-tls.txt'))
  })

  test.each(['a', 'b', 'c', 'd'])('reads the main.cf of folder %s', async (name) => {
    const box = await recorder(name)
    const { stderr } = await run(box, ['-c', name, '-n'])
    expect(once(stderr)).toBe(recorded(`${name}-n.stderr.txt`))
    expect(await stdout(box, '-c', name, '-n')).toBe(recorded(`${name}-n.txt`))
    expect(await stdout(box, '-c', name, '-nx')).toBe(recorded(`${name}-nx.txt`))
    expect(await stdout(box, '-c', name, '-nh')).toBe(recorded(`${name}-nh-values.txt`))
    expect(await stdout(box, '-c', name, '-nH')).toBe(recorded(`${name}-nH-names.txt`))
  })

  describe.each(['a', 'b', 'c', 'd'])('with the main.cf of folder %s', (name) => {
    test.each(transcript(`${name}-queries.txt`))('$ %s', async (command, said) => {
      const box = await recorder(name)
      expect(inOneStream(await run(box, wordsOf(command)))).toEqual(sorted(said))
    })
  })

  test('shows and changes master.cf, one command after the other', async () => {
    const box = await recorder('a')
    for (const [command, said] of transcript('master-queries.txt')) {
      expect([command, ...inOneStream(await run(box, wordsOf(command)))]).toEqual([command, ...sorted(said)])
    }
  })

  test('prints services in columns, folded, and field by field', async () => {
    const box = await recorder('a')
    expect(await stdout(box, '-c', 'a', '-M')).toBe(recorded('postconf-M-master.txt'))
    expect(await stdout(box, '-c', 'a', '-Mf')).toBe(recorded('postconf-Mf.txt'))
    expect(await stdout(box, '-c', 'a', '-F')).toBe(recorded('postconf-F.txt'))
  })

  test('does with main.cf what the real one did: values, warnings, edits', async () => {
    for (const real of JSON.parse(recorded('main-cf-cases.json')) as RecordedRun[]) {
      const box = await testBox({ files: { '/w/t/main.cf': real.main, '/w/t/master.cf': real.master } })
      const { stdout, stderr, exit } = await run(box, ['-c', 't', ...real.args])
      const after = await box.machine.disk.readText('/w/t/main.cf')
      // The real one repeats and orders its warnings as its hash tables fall.
      const said = sorted([...new Set(stderr.split('\n'))])
      const expected = sorted([...new Set(real.stderr.split('\n'))])
      const what = { main: real.main, args: real.args }
      expect({ ...what, stdout, said, exit, after }).toEqual({
        ...what,
        stdout: real.stdout,
        said: expected,
        exit: real.exit,
        after: real.after,
      })
    }
  })

  const edits: Readonly<Record<string, readonly string[]>> = {
    'change-existing': ['-e', 'mydestination = new.example, localhost'],
    'add-new': ['-e', 'smtpd_helo_required=yes'],
    several: ['-e', 'myhostname = changed.example', 'relayhost = [smart.example]', 'mynetworks='],
    'without-e': ['smtpd_helo_required = yes'],
    remove: ['-X', 'mydestination'],
    'comment-out': ['-#', 'mydestination'],
    repeated: ['-e', 'message_size_limit = 5'],
    unknown: ['-e', 'no_such_thing = 1'],
    'bad-syntax': ['-e', 'novalue'],
    whitespace: ['-e', '  smtpd_helo_required   =   yes   '],
  }
  const editFiles = readdirSync(folder).filter((name) => name.startsWith('edit-'))

  test.each(editFiles)('edits main.cf: %s', async (file) => {
    const box = await recorder('e')
    const words = edits[file.slice('edit-'.length, -'.txt'.length)] ?? []
    const before = await box.machine.disk.readText('/w/e/main.cf')
    const result = await run(box, ['-c', 'e', ...words])
    const after = await box.machine.disk.readText('/w/e/main.cf')
    const said = `$ postconf -c e ${words.join(' ')}\n${result.stderr}${result.stdout}[exit status ${result.exit}]\n`
    expect(`${said}--- main.cf before\n${before}--- main.cf after\n${after}`).toBe(recorded(file))
  })
})

type RecordedRun = {
  readonly main: string
  readonly master: string
  readonly args: readonly string[]
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
  readonly after: string
}

/** [command, lines it printed with its exit status] of a recorded transcript. */
function transcript(file: string): [command: string, said: readonly string[]][] {
  return recorded(file)
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...said] = part.trimEnd().split('\n')
      return [command, said]
    })
}

/** The recorder wrote `$*`: only -Me has white space inside a word. */
function wordsOf(command: string): string[] {
  const service = /^(postconf -c a -Me) (.*)$/.exec(command)
  if (service) return [...(service[1] ?? '').split(' ').slice(1), service[2] ?? '']
  return command.split(' ').slice(1)
}

/** How the two streams were mixed depends on buffers: the lines are compared, not their order between streams. */
const inOneStream = ({ stdout, stderr, exit }: CommandResult): readonly string[] =>
  sorted([
    ...(stderr + stdout)
      .trimEnd()
      .split('\n')
      .filter((line) => line !== ''),
    `[exit status ${exit}]`,
  ])

const sorted = (lines: readonly string[]): readonly string[] => [...lines].sort()

const once = (text: string): string =>
  [...new Set(text.split('\n').slice(0, -1))].map((line) => `${line}\n`).join('')
