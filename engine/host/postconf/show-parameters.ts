/** postconf without -M: parameters of main.cf, with their values as set, by default, or expanded. postconf(1). */
import { parameter, parameters, unexpanded } from '#config/parameters.ts'
import {
  expandedValue,
  rereadWarnings,
  warnUnusedMain,
  warnUnusedMaster,
  type Configuration,
} from '#host/postconf/configuration.ts'
import { Fatal, words, type Output } from '#host/postconf/output.ts'
import type { PostconfOptions } from '#host/postconf/options.ts'

const classes = ['builtin', 'service', 'user'] as const
type Class = (typeof classes)[number]

export function showParameters(configuration: Configuration, options: PostconfOptions, output: Output): void {
  const chosen = readClasses(options.classes)
  const { letters, names } = options
  if (names.length === 0) {
    if (!letters.has('d')) for (const warning of rereadWarnings(configuration)) output.warn(warning)
    for (const name of allNames(configuration, chosen)) showOne(configuration, options, name, output)
  }
  for (const name of names) {
    if (valueOf(configuration, options, name) === null) output.warn(`${name}: unknown parameter`)
    else showOne(configuration, options, name, output)
  }
  if (letters.has('d')) return
  warnUnusedMain(configuration, output)
  warnUnusedMaster(configuration, output)
}

function readClasses(given: readonly string[]): ReadonlySet<Class> {
  const chosen = new Set<Class>()
  for (const word of given) {
    const known = classes.find((it) => it === word.toLowerCase())
    if (word.toLowerCase() === 'all') for (const it of classes) chosen.add(it)
    else if (known) chosen.add(known)
    else throw new Fatal(`unknown -C option value "${word}" in "${given.join(', ')}"`)
  }
  return chosen.size > 0 ? chosen : new Set(classes)
}

function allNames(
  { ofServices, ofUser, mainCf }: Configuration,
  chosen: ReadonlySet<Class>,
): readonly string[] {
  const names = new Set<string>()
  if (chosen.has('builtin')) for (const { name } of parameters) names.add(name)
  if (chosen.has('service')) for (const name of ofServices.keys()) if (!parameter(name)) names.add(name)
  if (chosen.has('user')) for (const name of ofUser) if (mainCf.values.has(name)) names.add(name)
  return [...names].sort((a, b) => (a < b ? -1 : 1))
}

/** Null for a name that is no parameter. */
function valueOf(configuration: Configuration, { letters }: PostconfOptions, name: string): string | null {
  const { mainCf, values, ofServices, ofUser } = configuration
  if (!parameter(name) && !ofServices.has(name) && !ofUser.has(name)) return null
  if (letters.has('d')) return ofServices.get(name) ?? values.fallback(name)
  const set = mainCf.values.get(name)?.value
  return set ?? ofServices.get(name) ?? values.fallback(name)
}

function showOne(configuration: Configuration, options: PostconfOptions, name: string, output: Output): void {
  const { letters } = options
  if (letters.has('n') && !isSet(configuration, options, name)) return
  const value = valueOf(configuration, options, name)
  if (value === null) return
  const shown =
    letters.has('x') && !unexpanded.has(name)
      ? expandedValue(value, (inner) => valueOf(configuration, options, inner), output)
      : value
  const text = letters.has('h') ? shown : letters.has('H') ? name : `${name} = ${shown}`
  output.line(words(text, letters.has('f') ? 'folded' : 'one line'))
}

/** config_directory counts as set when -c says it. */
const isSet = ({ mainCf }: Configuration, { directory }: PostconfOptions, name: string): boolean =>
  mainCf.values.has(name) || (name === 'config_directory' && directory !== null)
