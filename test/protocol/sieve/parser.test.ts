// A script as a tree, and what is said of text that is none.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSieve } from '#protocol/sieve/parser.ts'
import { formatProblem, Problems } from '#protocol/sieve/problem.ts'

function parse(text: string) {
  const problems = new Problems()
  const nodes = parseSieve(text, problems)
  return { nodes, says: problems.found.map((problem) => formatProblem('main', problem)), problems }
}

test('commands, tests and blocks know their line and column', () => {
  const { nodes } = parse('require "fileinto";\nif allof (true, not size :over 10K) {\n  fileinto "A";\n}\n')
  const [, branch] = nodes
  expect(branch).toMatchObject({ identifier: 'if', at: { line: 2, column: 1 } })
  expect(branch?.tests[0]?.tests[1]?.tests[0]).toMatchObject({
    identifier: 'size',
    at: { line: 2, column: 21 },
  })
  expect(branch?.block?.[0]).toMatchObject({ identifier: 'fileinto', at: { line: 3, column: 3 } })
})

test('a text of many lines ends at its dot, and a doubled dot is one', () => {
  const { nodes } = parse('keep text: # why not\none\n..two\n.\n;')
  expect(nodes[0]?.arguments).toMatchObject([{ kind: 'string', value: 'one\r\n.two\r\n' }])
})

test('numbers have their K, M and G', () => {
  const { nodes } = parse('a 1; b 2K; c 3m; d 1G;')
  expect(nodes.map((node) => node.arguments)).toMatchObject([
    [{ value: 1 }],
    [{ value: 2048 }],
    [{ value: 3_145_728 }],
    [{ value: 1_073_741_824 }],
  ])
})

describe.each([
  [
    'keep',
    "main: line 1: error: expected end of command ';' or the beginning of a compound block '{', but found end of file.",
  ],
  ['keep "abc', 'main: line 1: error: end of file before end of quoted string started at line 1.'],
  ['keep; }', "main: line 1: error: unexpected '}' found at (the presumed) end of file."],
  [
    '/* foo\n',
    "main: line 2: error: end of file before end of bracket comment ('/* ... */') started at line 1.",
  ],
  ['keep ["a" "b"];', "main: line 1: error: expecting ',' or end of string list ']', but found string."],
  ['@foo;', "main: line 1: error: unexpected character(s) starting with '@'."],
  [
    'keep 99999999999999999999;',
    'main: line 1: error: number exceeds integer limits (max 18446744073709551615).',
  ],
])('%s', (script, first) => {
  test('is told apart', () => {
    expect(parse(script).says[0]).toBe(first)
  })
})

test('no nesting of tests or blocks brings it down', () => {
  expect(parse(`if ${'not '.repeat(100_000)}true {}`).says).toEqual([
    'main: line 1: error: cannot nest tests deeper than 32 levels.',
  ])
  expect(parse('if true {'.repeat(50_000)).says[0]).toBe(
    'main: line 1: error: cannot nest command blocks deeper than 32 levels.',
  )
})

test('any text is read to its end, and told of within bounds', () => {
  const words = fc.constantFrom(
    'keep',
    'if',
    'true',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    ';',
    ',',
    '"a"',
    ':is',
    '3K',
    '"',
    'text:',
    '\n',
    '\0',
    '@',
    '/*',
    '#',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words).map((all) => all.join(' ')),
      ),
      (text) => {
        const { problems } = parse(text)
        expect(problems.found.length).toBeLessThan(200)
      },
    ),
    { numRuns: 500 },
  )
})
