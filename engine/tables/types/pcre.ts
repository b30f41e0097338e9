/**
 * `pcre:file`: Perl-compatible regular expressions, one a line, tried in order against the whole key.
 *
 * pcre_table(5).
 */
import { openPatternTable, type PatternDialect } from '../pattern-table.ts'
import { compilePattern } from '../patterns/match.ts'
import { readPcre, type PcreFlags } from '../patterns/pcre.ts'
import type { TableType } from '../type.ts'

/** Letters of a rule, and the flag of Perl that each turns over. X, extra, is always on in PCRE2. */
const letters = { i: 'i', m: 'm', s: 's', x: 'x', A: 'A', E: 'D', U: 'U', X: null } as const

const dialect: PatternDialect = {
  kind: 'pcre',
  unclosed: 'ignoring this rule',
  explain: (error) => `error in regex at offset ${error.offset}: ${error.message}`,

  compile(pattern, options) {
    const on: Set<PcreFlags['letters'] extends ReadonlySet<infer L> ? L : never> = new Set(['i', 's'])
    for (const option of options) {
      if (!(option in letters)) return { unknownOption: option }
      const letter = letters[option as keyof typeof letters]
      if (letter !== null && !on.delete(letter)) on.add(letter)
    }
    const read = readPcre(pattern, { letters: on })
    return { match: compilePattern(read), groups: read.groups, obsolete: options.includes('X') ? ['X'] : [] }
  },
}

export const pcre: TableType = {
  type: 'pcre',
  reads: 'source',
  open: (input) => openPatternTable(input, dialect),
}
