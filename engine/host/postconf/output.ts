/** What a run of postconf has said so far, and how it puts words on lines. */
import type { CommandResult } from '#host/command.ts'

export type Output = {
  line(text: string): void
  warn(text: string): void
  /** A line of another program's, as it says it. */
  complain(line: string): void
  result(exit?: number): CommandResult
}

/** Thrown inside postconf only: it prints a sentence and ends with 1. */
export class Fatal extends Error {}

export function createOutput(): Output {
  const stdout: string[] = []
  const stderr: string[] = []
  return {
    line: (text) => stdout.push(`${text}\n`),
    warn: (text) => stderr.push(`postconf: warning: ${text.replace(/[\x00-\x1f\x7f]/g, '?')}\n`),
    complain: (line) => stderr.push(`${line}\n`),
    result: (exit = 0) => ({ stdout: stdout.join(''), stderr: stderr.join(''), exit }),
  }
}

const lineLimit = 80
const indent = '    '

/** One space between words; `folded`: no line longer than 80, the following ones indented. Braces stay together. */
export function words(text: string, lines: 'one line' | 'folded'): string {
  let written = ''
  let length = 0
  for (const word of text.match(/\{[^{}]*\}\S*|\S+/g)?.map((it) => it.replace(/\s+/g, ' ')) ?? []) {
    const first = written === ''
    if (lines === 'folded' && !first && length + 1 + word.length >= lineLimit) {
      written += `\n${indent}${word}`
      length = indent.length + word.length
    } else {
      written += first ? word : ` ${word}`
      length += (first ? 0 : 1) + word.length
    }
  }
  return written
}
