/** What postmap, postalias and newaliases printed on a real Postfix, with the files they were given. */
import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Box, CommandResult, HostCommand } from '#host/command.ts'
import { postalias } from '#host/commands/postalias.ts'
import { rebuildAliases } from '#host/commands/newaliases.ts'
import { postmap } from '#host/commands/postmap.ts'
import { shellWords } from './words.ts'
import { toolBox } from './tool-box.ts'

const recorded = new URL('../../truth/recorded/tables/', import.meta.url)
const text = (name: string) => readFileSync(new URL(name, recorded), 'utf8')

/** The folder of the recording. */
const folder = '/dir/m'

const newaliases: HostCommand = { name: 'newaliases', run: (input) => rebuildAliases(input, folder) }
const commands = new Map([postmap, postalias, newaliases].map((command) => [command.name, command]))

type Exchange = { readonly command: string; readonly said: string; readonly exit: number }

function exchanges(transcript: string): readonly Exchange[] {
  return transcript
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const lines = part.trimEnd().split('\n')
      const exit = Number(/^\[exit status (\d+)\]$/.exec(lines.at(-1) ?? '')?.[1])
      return { command: lines[0] ?? '', said: lines.slice(1, -1).join('\n'), exit }
    })
}

/** `postmap …`, `sh -c echo 'x' | postmap …`, `env MAIL_CONFIG=… newaliases`. */
async function run(line: string, box: Box): Promise<CommandResult> {
  const piped = /^sh -c (echo|printf) '(.*?)' \| (.*)$/s.exec(line)
  const given = piped?.[2] ?? ''
  const stdin = piped?.[1] === 'printf' ? given.replaceAll('\\n', '\n') : piped ? `${given}\n` : ''
  const words = shellWords((piped?.[3] ?? line).replace(/^env \S+ /, ''))
  const command = commands.get(words[0] ?? '')
  if (!command) throw new Error(`no command in ${line}`)
  return command.run({ box, user: 'root', words, stdin, directory: folder })
}

const normal = (said: string) =>
  said
    .replaceAll('/dir', '{DIR}')
    .replace(/(YP_LAST_MODIFIED:\t)\d+/, '$1{TIME}')
    .trimEnd()

describe.each(['postmap-session.txt', 'postalias-session.txt'])('%s', (name) => {
  let box: Box
  beforeAll(async () => {
    const files = readdirSync(new URL('files/', recorded))
    const mainCf = `${text('files/main.cf')}alias_database = hash:${folder}/aliases\nalias_maps = hash:${folder}/aliases\n`
    box = await toolBox(
      Object.fromEntries([
        ...files.map((file) => [`${folder}/${file}`, text(`files/${file}`)] as const),
        [`${folder}/main.cf`, mainCf] as const,
      ]),
    )
  })

  const steps = exchanges(text(name))
  test.each(steps.map((step, i) => [`${i + 1} ${step.command}`, step, i] as const))(
    '%s',
    async (_title, { command, said, exit }, i) => {
      // The recording removes the alias file before its last step.
      if (name.startsWith('postalias') && i === steps.length - 1) {
        await box.machine.disk.apply([{ kind: 'remove', path: `${folder}/aliases` }])
      }
      const result = await run(command, box)
      expect(normal(result.stderr + result.stdout)).toBe(said)
      expect(result.exit).toBe(exit)
    },
  )
})
