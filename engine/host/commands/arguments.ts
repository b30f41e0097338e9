/** Reads the words of a command as getopt(3) does: letters that stand together, and letters that take a value. */
export type Options =
  | {
      readonly kind: 'options'
      /** In order; the value is '' for a letter that takes none. */
      readonly options: readonly { readonly letter: string; readonly value: string }[]
      readonly rest: readonly string[]
    }
  | { readonly kind: 'invalid'; readonly letter: string }
  | { readonly kind: 'missing'; readonly letter: string }

/** `specification`: `d:h:pv`, a colon after each letter that takes a value. */
export function readOptions(words: readonly string[], specification: string): Options {
  const options: { letter: string; value: string }[] = []
  let i = 0
  for (; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word === '--') {
      i++
      break
    }
    if (!word.startsWith('-') || word === '-') break
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at)
      const place = specification.indexOf(letter)
      if (place < 0 || letter === ':') return { kind: 'invalid', letter }
      if (specification.charAt(place + 1) !== ':') {
        options.push({ letter, value: '' })
        continue
      }
      const value = word.slice(at + 1) || words[++i]
      if (value === undefined) return { kind: 'missing', letter }
      options.push({ letter, value })
      break
    }
  }
  return { kind: 'options', options, rest: words.slice(i) }
}

/** What getopt says on its own before the usage. */
export function optionProblem(command: string, options: Exclude<Options, { kind: 'options' }>): string {
  return options.kind === 'invalid'
    ? `${command}: invalid option -- '${options.letter}'\n`
    : `${command}: option requires an argument -- '${options.letter}'\n`
}
