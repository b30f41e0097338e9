/** The letters of postconf: which one says what to do, and which do not go together. postconf(1). */

export type PostconfOptions = {
  /** The letters that were given, each once. */
  readonly letters: ReadonlySet<string>
  /** `-c`. */
  readonly directory: string | null
  /** `-C`. */
  readonly classes: readonly string[]
  /** `-o name=value`, as written. */
  readonly overrides: readonly string[]
  /** `-T`. */
  readonly tlsMode: string | null
  readonly names: readonly string[]
}

export type OptionsReading =
  | { readonly ok: true; readonly options: PostconfOptions }
  | { readonly ok: false; readonly lines: readonly string[] }

const usage =
  'usage: postconf [-a (server SASL types)] [-A (client SASL types)] [-b (bounce templates)] [-c config_dir] ' +
  '[-c param_class] [-d (parameter defaults)] [-e (edit configuration)] [-f (fold lines)] [-F (master.cf fields)] ' +
  '[-h (no names)] [-H (no values)] [-l (lock types)] [-m (map types)] [-M (master.cf)] ' +
  '[-n (non-default parameters)] [-o name=value (override parameter value)] [-p (main.cf, default)] ' +
  '[-P (master.cf parameters)] [-t (bounce templates)] [-T compile-version|run-version|public-key-algorithms] ' +
  '[-v (verbose)] [-x (expand parameter values)] [-X (exclude)] [-# (comment-out)] [name...]'

const plainLetters = 'aAbdeEfFhHlmMnpPtvxX#'
const lettersWithValue = 'cCoT'

export function readOptions(words: readonly string[]): OptionsReading {
  const letters = new Set<string>()
  const classes: string[] = []
  const overrides: string[] = []
  let directory: string | null = null
  let tlsMode: string | null = null

  let at = 0
  for (; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (word === '--') {
      at += 1
      break
    }
    if (!word.startsWith('-') || word === '-') break
    for (let i = 1; i < word.length; i += 1) {
      const letter = word.charAt(i)
      if (plainLetters.includes(letter)) {
        letters.add(letter)
        continue
      }
      if (!lettersWithValue.includes(letter)) return wrongUse(`invalid option -- '${letter}'`)
      const value = i + 1 < word.length ? word.slice(i + 1) : words[(at += 1)]
      if (value === undefined) return wrongUse(`option requires an argument -- '${letter}'`)
      letters.add(letter)
      if (letter === 'c') directory = value
      else if (letter === 'C') classes.push(...value.split(/[\s,]+/))
      else if (letter === 'o') overrides.push(value)
      else tlsMode = value
      break
    }
  }
  const names = words.slice(at)
  // A name with a value is a change, whatever `-e` says.
  if (!Array.from('aAbelmtTX#').some((letter) => letters.has(letter)) && names[0]?.includes('='))
    letters.add('e')
  const conflict = findConflict(letters)
  if (conflict !== null) return { ok: false, lines: [`postconf: fatal: ${conflict}`] }
  return { ok: true, options: { letters, directory, classes, overrides, tlsMode, names } }
}

const wrongUse = (problem: string): OptionsReading => ({
  ok: false,
  lines: [`postconf: ${problem}`, `postconf: fatal: ${usage}`],
})

/** What to show, of which only one may be asked for. */
const subjects = 'aAbFlmMpPtT'
const edits = 'eX#'
const withoutShowing: Readonly<Record<string, string>> = { M: 'dnhH', F: 'dnX#', P: 'dn#' }

function findConflict(letters: ReadonlySet<string>): string | null {
  const has = (letter: string) => letters.has(letter)
  const two = (group: string) => Array.from(group).filter(has)
  const both = (group: string) =>
    `specify one of ${two(group)
      .slice(0, 2)
      .map((it) => `-${it}`)
      .join(' ')}`
  if (has('b') && has('t')) return 'specify one of -b and -t'
  for (const group of [subjects, edits, 'dn', 'hH']) if (two(group).length > 1) return both(group)

  const subject = two(subjects)[0]
  if (subject !== undefined && subject !== 'p') {
    const refused = withoutShowing[subject] ?? 'deEfhHnoxX#'
    const wrong = Array.from(refused).find(has)
    if (wrong !== undefined) return `with option -${subject}, do not specify -${wrong}`
  }
  const edit = two(edits)[0]
  const shown = Array.from('dfhHnox').find(has)
  if (edit !== undefined && shown !== undefined) {
    const inOrder = Array.from('aAbCdefFhHlmMnopPtTxX#').filter((it) => it === edit || it === shown)
    return `specify one of ${inOrder.map((it) => `-${it}`).join(' ')}`
  }
  return null
}
