/**
 * A service as `postconf -M` prints it: columns under each other, and with `-f` long commands folded.
 *
 * postconf(1).
 */
import { columns, type MasterService, type MasterWord } from '#config/master-cf.ts'

const lineLimit = 80
const indent = '    '
/** Where each column begins, when the ones before are not too long. */
const columnGoals = [0, 11, 17, 25, 33, 41, 49, 57]

/** `folded`: postconf -f. `value`: what is shown for the value of an `-o`. */
export function printService(
  service: MasterService,
  lines: 'one line' | 'folded',
  value: (text: string) => string = (text) => text,
): string {
  let printed = ''
  for (const [i, text] of [...columns.map((column) => service.fields[column]), service.daemon].entries()) {
    const gap = i === 0 ? 0 : Math.max(1, (columnGoals[i] ?? 0) - printed.length)
    printed += ' '.repeat(gap) + text
  }
  let length = printed.length
  for (const [i, word] of service.words.entries()) {
    const text = printWord(word, value)
    const before = service.words[i - 1]
    const alone = word.kind === 'override' || before?.kind === 'override'
    const fits = !alone && length + 1 + text.length < lineLimit
    if (lines === 'one line' || fits) {
      printed += ` ${text}`
      length += 1 + text.length
    } else {
      printed += `\n${indent}${text}`
      length = indent.length + text.length
    }
  }
  return printed
}

/** A word with white space in it stands in braces. */
export function printWord(word: MasterWord, value: (text: string) => string = (text) => text): string {
  switch (word.kind) {
    case 'option':
      return word.text
    case 'argument':
      return braceWhereNeeded(word.text)
    case 'override':
      return `-o ${braceWhereNeeded(`${word.name}=${value(word.value)}`)}`
  }
}

const braceWhereNeeded = (text: string): string =>
  /\s/.test(text) && !text.startsWith('{') ? `{${text}}` : text

/** `smtpd -o a=b`, as `postconf -F` prints the command. */
export const printCommand = (service: MasterService, value?: (text: string) => string): string =>
  [service.daemon, ...service.words.map((word) => printWord(word, value))].join(' ')
