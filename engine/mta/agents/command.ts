/**
 * Commands that mail is piped into. A lab host has no programs of its own; a small shell knows the few words that
 * lessons and aliases use, and whatever programs the host brings along.
 *
 * local(8), pipe(8); exit statuses: sysexits(3).
 */
import type { Machine } from '#engine/machine.ts'
import { named } from '#protocol/named.ts'

export type CommandEnd = { readonly exit: number; readonly output: string }

/** A program: its arguments with its own name first, what is piped in, and the environment. */
export type Program = (input: {
  readonly words: readonly string[]
  readonly stdin: Uint8Array
  readonly environment: Readonly<Record<string, string>>
}) => Promise<CommandEnd & { readonly stdout?: Uint8Array }>

export type CommandRunner = (
  command: string,
  stdin: Uint8Array,
  environment: Readonly<Record<string, string>>,
) => Promise<CommandEnd | 'not found'>

/** `not found`: the one word cannot be run at all; exec(3) fails before any shell could say so. */
export function createCommandRunner(
  machine: Machine,
  programs: Readonly<Record<string, Program>>,
): CommandRunner {
  return async (command, stdin, environment) => {
    let output = ''
    let exit = 0
    for (const part of command.split(/;|&&/)) {
      const step = readStep(part, environment)
      const [name = ''] = step.words
      if (name === '') continue
      if (name === 'exit') return { exit: Number(step.words[1] ?? exit) & 0xff, output }
      const program = builtins[name] ?? programs[name] ?? builtins[name.slice(name.lastIndexOf('/') + 1)]
      if (!program) {
        if (!/[;&|<>$`'"\\*?]/.test(command)) return 'not found'
        return { exit: 127, output: `${output}sh: 1: ${name}: not found\n` }
      }
      const end = await program({ words: step.words, stdin, environment })
      exit = end.exit
      const stdout = end.stdout ?? new Uint8Array()
      if (step.to === null) output += Buffer.from(stdout).toString('latin1')
      else await write(machine, step.to, step.appends, stdout)
      output += end.output
      if (exit !== 0 && command.includes('&&')) break
    }
    return { exit, output }
  }
}

async function write(machine: Machine, path: string, appends: boolean, bytes: Uint8Array): Promise<void> {
  await machine.disk.commit([
    appends && (await machine.disk.stat(path))
      ? { kind: 'append', path, bytes }
      : { kind: 'write', path, bytes },
  ])
}

const builtins: Readonly<Record<string, Program>> = named({
  cat: async ({ stdin }) => ({ exit: 0, output: '', stdout: stdin }),
  true: async () => ({ exit: 0, output: '' }),
  false: async () => ({ exit: 1, output: '' }),
  ':': async () => ({ exit: 0, output: '' }),
  echo: async ({ words }) => ({ exit: 0, output: '', stdout: Buffer.from(`${words.slice(1).join(' ')}\n`) }),
})

type Step = { readonly words: readonly string[]; readonly to: string | null; readonly appends: boolean }

function readStep(text: string, environment: Readonly<Record<string, string>>): Step {
  const words: string[] = []
  let to: string | null = null
  let appends = false
  let redirect = false
  for (const [word] of text.matchAll(/>>?|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s>"']+/g)) {
    if (word === '>' || word === '>>') {
      redirect = true
      appends = word === '>>'
      continue
    }
    const plain = word.startsWith("'")
      ? word.slice(1, -1)
      : expanded(word.startsWith('"') ? word.slice(1, -1).replace(/\\(["\\$])/g, '$1') : word, environment)
    if (redirect) to = plain
    else words.push(plain)
    redirect = false
  }
  return { words, to, appends }
}

const expanded = (word: string, environment: Readonly<Record<string, string>>): string =>
  word.replace(
    /\$(?:(\w+)|\{(\w+)\})/g,
    (_, bare?: string, braced?: string) => environment[bare ?? braced ?? ''] ?? '',
  )

/** What an exit status means for the mail. `known`: a text for the status stands in sysexits. */
export function meaningOf(exit: number): { readonly status: string; readonly text: string } | null {
  return sysexits[exit] ?? null
}

const sysexits: Readonly<Record<number, { readonly status: string; readonly text: string }>> = {
  64: { status: '5.3.0', text: 'command line usage error' },
  65: { status: '5.6.0', text: 'data format error' },
  66: { status: '5.3.0', text: 'cannot open input' },
  67: { status: '5.1.1', text: 'user unknown' },
  68: { status: '5.1.2', text: 'host name unknown' },
  69: { status: '5.3.0', text: 'service unavailable' },
  70: { status: '5.3.0', text: 'internal software error' },
  71: { status: '4.3.0', text: 'system resource problem' },
  72: { status: '5.3.0', text: 'critical OS file missing' },
  73: { status: '5.2.0', text: "can't create user output file" },
  74: { status: '5.3.0', text: 'input/output error' },
  75: { status: '4.3.0', text: 'temporary failure' },
  76: { status: '5.5.0', text: 'remote error in protocol' },
  77: { status: '5.7.0', text: 'permission denied' },
  78: { status: '5.3.5', text: 'local configuration error' },
}

/** The outcome of a command that did not end with 0, in Postfix's words. */
export function commandFailure(
  command: string,
  end: CommandEnd,
): { readonly status: string; readonly text: string; readonly diagnostic: string } {
  const meaning = meaningOf(end.exit)
  const output = end.output.slice(0, 4000).replace(/[\u0000-\u001f\u007f]+/g, ' ')
  const tail = output === '' ? '' : `. Command output: ${output}`
  return meaning
    ? { ...meaning, text: meaning.text + tail, diagnostic: output === '' ? meaning.text : output.trim() }
    : {
        status: '5.3.0',
        text: `Command died with status ${end.exit}: "${command}"${tail}`,
        diagnostic: output === '' ? `unknown mail system error ${end.exit}` : output.trim(),
      }
}
