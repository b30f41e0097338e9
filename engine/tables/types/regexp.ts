/**
 * `regexp:file`: POSIX regular expressions, one a line, tried in order against the whole key.
 *
 * regexp_table(5).
 */
import { openPatternTable, type PatternDialect } from '../pattern-table.ts'
import { compilePattern } from '../patterns/match.ts'
import { readPosix } from '../patterns/posix.ts'
import type { TableType } from '../type.ts'

const dialect: PatternDialect = {
  kind: 'regexp',
  unclosed: 'skipping this rule',
  explain: (error) => error.message,

  compile(pattern, options) {
    const on = { i: true, m: false, x: true }
    for (const option of options) {
      if (option !== 'i' && option !== 'm' && option !== 'x') return { unknownOption: option }
      on[option] = !on[option]
    }
    const read = readPosix(pattern, {
      syntax: on.x ? 'extended' : 'basic',
      letters: on.i ? 'fold' : 'exact',
      lines: on.m ? 'each' : 'whole',
    })
    return { match: compilePattern(read), groups: read.groups }
  },
}

export const regexp: TableType = {
  type: 'regexp',
  reads: 'source',
  open: (input) => openPatternTable(input, dialect),
}
