/**
 * Commands that mail is piped into, and what their end means for the mail.
 *
 * local(8), pipe(8); exit statuses: sysexits(3).
 */
import type { Machine, SystemUser } from '#engine/machine.ts'
import { findProgram, Killed, runShell, type Program } from './small-shell.ts'

export type { Program } from './small-shell.ts'

export type CommandEnd =
  | { readonly kind: 'exited'; readonly exit: number; readonly output: string }
  | { readonly kind: 'killed'; readonly signal: number }
  /** It took longer than it may. */
  | { readonly kind: 'timed out' }
  /** The one word cannot be run at all; exec(3) fails before any shell could say so. */
  | { readonly kind: 'not found'; readonly name: string; readonly shell: boolean }
  /** The folder in which it should run cannot be entered. */
  | { readonly kind: 'no folder'; readonly path: string }

export type CommandRunner = (
  command: string | readonly string[],
  stdin: Uint8Array,
  options: {
    readonly environment: Readonly<Record<string, string>>
    /** Milliseconds. */
    readonly timeLimit: number
    /** local_command_shell: a program that is given the command. */
    readonly shell?: readonly string[]
    /** In whose name it writes files; null: of nobody who is anybody. Absent: it may write where it likes. */
    readonly as?: SystemUser
    /** Where it runs. Absent: in the queue directory. */
    readonly folder?: string
  },
) => Promise<CommandEnd>

export function createCommandRunner(
  machine: Machine,
  programs: Readonly<Record<string, Program>>,
): CommandRunner {
  return async (command, stdin, { environment, timeLimit, shell = [], as, folder }) => {
    if (folder !== undefined && !(await isFolder(machine, folder, as)))
      return { kind: 'no folder', path: folder }
    const input = {
      machine,
      programs,
      environment: folder === undefined ? environment : { ...environment, PWD: folder },
      as,
    }
    const words = wordsToRun(command, shell)
    const ended = async (): Promise<CommandEnd> => {
      try {
        if (words === null) return { kind: 'exited', ...(await runShell(String(command), stdin, input)) }
        return await runWords(words, stdin, input, shell.length > 0)
      } catch (error) {
        if (error instanceof Killed) return { kind: 'killed', signal: error.signal }
        throw error
      }
    }
    return new Promise((resolve, reject) => {
      const timer = machine.clock.after(timeLimit, () => resolve({ kind: 'timed out' }))
      ended()
        .then(resolve, reject)
        .finally(() => timer.cancel())
    })
  }
}

/** A person's home is there, whether mail has come to it or not. */
const isFolder = async ({ disk }: Machine, path: string, as?: SystemUser): Promise<boolean> =>
  path === as?.home || (path.startsWith('/') && (await disk.stat(path))?.kind === 'folder')

/** Null when a shell must read the command: it holds what only a shell understands, or a word that only a shell knows. */
function wordsToRun(command: string | readonly string[], shell: readonly string[]): readonly string[] | null {
  if (typeof command !== 'string') return command
  if (shell.length > 0) return [...shell, command]
  if (!/^[\w!@%\-=+:,./ \t]*$/.test(command)) return null
  const words = command.split(/[ \t]+/).filter((word) => word !== '')
  return words[0]?.includes('/') ? words : null
}

async function runWords(
  words: readonly string[],
  stdin: Uint8Array,
  input: Parameters<typeof runShell>[2],
  shell: boolean,
): Promise<CommandEnd> {
  const [name = ''] = words
  if (/(^|\/)sh$/.test(name)) {
    const script = words[1] === '-c' ? (words[2] ?? '') : ''
    return { kind: 'exited', ...(await runShell(script, stdin, input)) }
  }
  const program = findProgram(name, input.programs)
  if (!program) return { kind: 'not found', name, shell }
  const { exit, output, stdout = new Uint8Array() } = await program({ ...input, words, stdin })
  return { kind: 'exited', exit, output: Buffer.from(stdout).toString('latin1') + output }
}

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

const software = 'internal software error'

/** Why a command did not do it, in Postfix's words. `agent`: who ran it. */
export function commandFailure(
  agent: 'local' | 'pipe',
  command: string,
  end: CommandEnd,
): { readonly status: string; readonly text: string; readonly diagnostic: string | null } {
  switch (end.kind) {
    case 'not found': {
      const doing = agent === 'pipe' || end.shell ? 'pipe_command: ' : ''
      const text = `temporary failure. Command output: ${agent}: fatal: ${doing}execvp ${end.name}: No such file or directory `
      return { status: '4.3.0', text, diagnostic: null }
    }
    case 'no folder':
      return { status: '4.3.0', text: 'temporary failure', diagnostic: null }
    case 'timed out':
      return { status: '5.3.0', text: `Command time limit exceeded: "${command}"`, diagnostic: software }
    case 'killed': {
      const text = `Command died with signal ${end.signal}: "${command}"`
      return { status: '5.3.0', text, diagnostic: software }
    }
    case 'exited':
      return exitFailure(command, end)
    default:
      return end satisfies never
  }
}

function exitFailure(command: string, { exit, output }: { exit: number; output: string }) {
  const meaning = meaningOf(exit)
  const shown = output.slice(0, 4000).replace(/[\u0000-\u001f\u007f]/g, ' ')
  // A program may say itself what is wrong, in the way of RFC 3463.
  const own = /^([245]\.\d{1,3}\.\d{1,3})\s+(.*)$/s.exec(shown)
  if (own) {
    const [, status = '', text = ''] = own
    // One that speaks of success is not believed.
    return { status: status.startsWith('2') ? '5.0.0' : status, text, diagnostic: text.trim() }
  }
  const tail = shown === '' ? '' : `. Command output: ${shown}`
  return meaning
    ? { ...meaning, text: meaning.text + tail, diagnostic: shown === '' ? meaning.text : shown.trim() }
    : {
        status: '5.3.0',
        text: `Command died with status ${exit}: "${command}"${tail}`,
        diagnostic: shown === '' ? `unknown mail system error ${exit}` : shown.trim(),
      }
}
