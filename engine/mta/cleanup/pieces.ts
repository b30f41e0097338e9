/**
 * The lines of a message as a queue file holds them: of a line beyond line_length_limit, pieces of that length.
 */
import type { LineEnd } from '#protocol/message/mime-walk.ts'

export type Piece = { readonly text: string; readonly end: LineEnd }

export function* pieces(text: string, limit: number): Generator<Piece> {
  for (let start = 0; start < text.length;) {
    let end = text.indexOf('\n', start)
    if (end < 0) end = text.length
    while (end - start > limit) {
      yield { text: text.slice(start, start + limit), end: 'line goes on' }
      start += limit
    }
    yield { text: text.slice(start, end), end: 'line ends' }
    start = end + 1
  }
}
