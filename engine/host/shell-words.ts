/**
 * Cuts a command line into what a shell does one after the other: pipelines joined by `;`, `&&` and `||`, each a chain of
 * commands with their words and redirections. Quotes as in sh(1); no variables but $HOME and $?, no substitution.
 *
 * POSIX.1-2017, Shell Command Language §2.
 */
export type ShellWord = {
  readonly text: string
  /** The same with `*` and `?` that were not quoted, as a pattern; null when there is nothing to match. */
  readonly pattern: RegExp | null
}

export type Redirection = {
  readonly kind: '<' | '>' | '>>' | '2>' | '2>>' | '2>&1' | '>&2'
  readonly target: ShellWord | null
}

export type SimpleCommand = {
  readonly words: readonly ShellWord[]
  readonly redirections: readonly Redirection[]
}

export type Pipeline = {
  readonly commands: readonly SimpleCommand[]
  /** When it runs, given how the one before ended. */
  readonly after: 'always' | 'success' | 'failure'
}

export type ShellReading =
  | { readonly ok: true; readonly pipelines: readonly Pipeline[] }
  | { readonly ok: false; readonly message: string }

type Token =
  { readonly kind: 'operator'; readonly text: string } | { readonly kind: 'word'; readonly word: ShellWord }

export type Environment = { readonly home: string }

/** Stands for `$?` until the command before has ended. */
const exitMark = '\0?'

/** The words of a command when it is known how the one before it ended. */
export const withLastExit = (words: readonly ShellWord[], exit: number): readonly ShellWord[] =>
  words.map((word) => ({ ...word, text: word.text.replaceAll(exitMark, String(exit)) }))

const maximumWords = 1000
const operators = ['2>&1', '>&2', '1>&2', '2>>', '&&', '||', '>>', '2>', '>', '<', '|', ';', '\n']
const redirections = ['<', '>', '>>', '2>', '2>>', '2>&1', '>&2'] as const

export function readCommandLine(line: string, environment: Environment): ShellReading {
  const tokens = tokenize(line, environment)
  if (typeof tokens === 'string') return { ok: false, message: tokens }
  if (tokens.length > maximumWords) return { ok: false, message: 'Argument list too long' }

  const pipelines: Pipeline[] = []
  let after: Pipeline['after'] = 'always'
  let commands: SimpleCommand[] = []
  let words: ShellWord[] = []
  let redirected: Redirection[] = []
  const isEmpty = () => words.length === 0 && redirected.length === 0
  const endCommand = () => {
    commands.push({ words, redirections: redirected })
    words = []
    redirected = []
  }
  const endPipeline = (next: Pipeline['after']) => {
    if (!isEmpty()) endCommand()
    if (commands.length > 0) pipelines.push({ commands, after })
    commands = []
    after = next
  }

  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i]
    if (!token) break
    if (token.kind === 'word') {
      words.push(token.word)
      continue
    }
    const kind = redirections.find((it) => it === token.text.replace('1>&2', '>&2'))
    if (kind) {
      const duplicates = kind.includes('&')
      const target = duplicates ? null : tokens[(i += 1)]
      if (target !== null && target?.kind !== 'word') return unexpected(target?.text)
      redirected.push({ kind, target: target === null ? null : target.word })
    } else if (token.text === '\n') {
      endPipeline('always')
    } else if (isEmpty()) {
      return unexpected(token.text)
    } else if (token.text === '|') {
      endCommand()
    } else {
      endPipeline(token.text === '&&' ? 'success' : token.text === '||' ? 'failure' : 'always')
    }
  }
  const last = tokens.at(-1)
  if (last?.kind === 'operator' && ['|', '&&', '||'].includes(last.text)) return unexpected('end of file')
  endPipeline('always')
  return { ok: true, pipelines }
}

function unexpected(text: string | undefined): ShellReading {
  const what =
    text === undefined || text === 'end of file' ? 'end of file' : text === '\n' ? 'newline' : `"${text}"`
  return { ok: false, message: `Syntax error: ${what} unexpected` }
}

function tokenize(line: string, environment: Environment): readonly Token[] | string {
  const tokens: Token[] = []
  let at = 0
  while (at < line.length) {
    const character = line.charAt(at)
    if (character === ' ' || character === '\t' || character === '\r') {
      at += 1
      continue
    }
    if (character === '#') {
      const end = line.indexOf('\n', at)
      at = end < 0 ? line.length : end
      continue
    }
    const operator = operators.find((it) => line.startsWith(it, at))
    if (operator !== undefined) {
      tokens.push({ kind: 'operator', text: operator })
      at += operator.length
      continue
    }
    const word = readWord(line, at, environment)
    if (typeof word === 'string') return word
    tokens.push({ kind: 'word', word: word.word })
    at = word.end
  }
  return tokens
}

const ends = new Set([' ', '\t', '\r', '\n', '|', ';', '<', '>', '&'])
const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function readWord(
  line: string,
  start: number,
  environment: Environment,
): { word: ShellWord; end: number } | string {
  let text = ''
  let pattern = ''
  let matches = false
  let at = start
  const add = (more: string) => {
    text += more
    pattern += escapePattern(more)
  }
  if (line.startsWith('~', at) && /^(?:$|[/\s])/.test(line.slice(at + 1, at + 2))) {
    add(environment.home)
    at += 1
  }
  while (at < line.length && !ends.has(line.charAt(at))) {
    const character = line.charAt(at)
    if (character === '\\') {
      add(line.charAt(at + 1))
      at += 2
    } else if (character === "'") {
      const end = line.indexOf("'", at + 1)
      if (end < 0) return 'Syntax error: Unterminated quoted string'
      add(line.slice(at + 1, end))
      at = end + 1
    } else if (character === '"') {
      const quoted = readDoubleQuoted(line, at + 1, environment)
      if (quoted === null) return 'Syntax error: Unterminated quoted string'
      add(quoted.text)
      at = quoted.end
    } else if (character === '$') {
      const variable = readVariable(line, at, environment)
      add(variable.text)
      at = variable.end
    } else {
      text += character
      if (character === '*' || character === '?') {
        pattern += character === '*' ? '[^/]*' : '[^/]'
        matches = true
      } else {
        pattern += escapePattern(character)
      }
      at += 1
    }
  }
  if (at === start) return `Syntax error: "${line.charAt(at)}" unexpected`
  return { word: { text, pattern: matches ? new RegExp(`^${pattern}$`) : null }, end: at }
}

function readDoubleQuoted(
  line: string,
  start: number,
  environment: Environment,
): { text: string; end: number } | null {
  let text = ''
  for (let at = start; at < line.length;) {
    const character = line.charAt(at)
    if (character === '"') return { text, end: at + 1 }
    if (character === '\\' && '"\\$`'.includes(line.charAt(at + 1))) {
      text += line.charAt(at + 1)
      at += 2
    } else if (character === '$') {
      const variable = readVariable(line, at, environment)
      text += variable.text
      at = variable.end
    } else {
      text += character
      at += 1
    }
  }
  return null
}

/** Only what every shell has; another `$name` stays as typed, so that `postconf -e 'x = $y'` works without its quotes too. */
function readVariable(line: string, at: number, environment: Environment): { text: string; end: number } {
  if (line.startsWith('$?', at)) return { text: exitMark, end: at + 2 }
  const home = /^\$(?:HOME(?![A-Za-z0-9_])|\{HOME\})/.exec(line.slice(at, at + 8))
  return home ? { text: environment.home, end: at + home[0].length } : { text: '$', end: at + 1 }
}
