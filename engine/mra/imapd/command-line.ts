/**
 * A command line taken apart: tag, command, arguments.
 *
 * RFC 3501 §2.2.1. The sentences are Dovecot's.
 */
import type { By } from '#protocol/imap/grammar.ts'

export type CommandLine =
  | {
      readonly kind: 'command'
      readonly tag: string
      /** In upper case, without UID. */
      readonly name: string
      readonly by: By
      readonly args: string
    }
  | { readonly kind: 'bad-tag' }
  | { readonly kind: 'bad-name'; readonly tag: string }

const tagCharacters = /^[^\x00-\x20(){%*"\\\]+\x7f-\xff]+/
const nameCharacters = /^[^\x00-\x20(){"\x7f-\xff]+/

export function readCommandLine(line: string): CommandLine {
  const tag = tagCharacters.exec(line)?.[0]
  if (tag === undefined) return { kind: 'bad-tag' }
  let rest = line.slice(tag.length)
  if (rest !== '' && !rest.startsWith(' ')) return { kind: 'bad-tag' }
  rest = rest.slice(1)
  const first = nameCharacters.exec(rest)?.[0]
  if (first === undefined || !endsWord(rest, first)) return { kind: 'bad-name', tag }
  rest = rest.slice(first.length)
  if (first.toUpperCase() !== 'UID') {
    return { kind: 'command', tag, name: first.toUpperCase(), by: 'sequence', args: rest }
  }
  const second = nameCharacters.exec(rest.slice(1))?.[0]
  if (second === undefined || !endsWord(rest.slice(1), second)) return { kind: 'bad-name', tag }
  return { kind: 'command', tag, name: second.toUpperCase(), by: 'uid', args: rest.slice(1 + second.length) }
}

const endsWord = (text: string, word: string): boolean =>
  text.length === word.length || text[word.length] === ' '
