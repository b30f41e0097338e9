/**
 * main.cf, master.cf and most table sources are read as logical lines: a line that begins with white space continues
 * the one before; comments and blank lines may stand in between.
 *
 * postconf(5), "GENERAL SYNTAX".
 */
import type { Position } from '#config/problem.ts'

/** One physical line of a logical line; `start` is where its text begins in the logical text. */
export type Piece = { readonly line: number; readonly start: number }

export type LogicalLine = {
  /** The pieces joined with nothing in between: their own leading white space separates them. */
  readonly text: string
  /** The first physical line, 1-based. */
  readonly line: number
  readonly pieces: readonly Piece[]
}

const space = /^[\t\n\v\f\r ]*$/
export const startsWithSpace = (text: string): boolean => /^[\t\n\v\f\r ]/.test(text)

const isBlankOrComment = (line: string): boolean => space.test(line) || line.trimStart().startsWith('#')

/** All logical lines of a text, in order; also those that begin with white space, which the caller refuses. */
export function logicalLines(text: string): readonly LogicalLine[] {
  const found: LogicalLine[] = []
  let pieces: Piece[] = []
  let parts: string[] = []
  let length = 0

  const end = () => {
    const first = pieces[0]
    if (first) found.push({ text: parts.join(''), line: first.line, pieces })
    pieces = []
    parts = []
    length = 0
  }

  for (const [index, line] of physicalLines(text).entries()) {
    if (isBlankOrComment(line)) continue
    if (!startsWithSpace(line)) end()
    pieces.push({ line: index + 1, start: length })
    parts.push(line)
    length += line.length
  }
  end()
  return found
}

/** Lines without their LF; the empty string after a last LF is no line. */
export function physicalLines(text: string): readonly string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** The same with their LF; a last line may have none, and stays so when a file is edited. */
export const linesWithEnds = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

/** Where the character at `offset` of the logical text stands in the file. */
export function positionAt(logical: LogicalLine, offset: number): Position {
  const piece = logical.pieces.findLast((piece) => piece.start <= offset)
  return piece
    ? { line: piece.line, column: offset - piece.start + 1 }
    : { line: logical.line, column: offset + 1 }
}
