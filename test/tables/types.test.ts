import { describe, expect, test } from 'vitest'
import { tableContract } from '../contract/table.contract.ts'
import { open, table, warnings } from './open.ts'

const rows = '# who may write\nalice@example.com  OK\nexample.org\n  REJECT not from\n  there\n'
const row = { key: 'alice@example.com', value: 'OK', line: 2 }
const partial = { keys: 'partial', letters: 'fold', missing: 'bob@example.com' } as const

for (const type of ['hash', 'btree', 'texthash']) {
  tableContract({ type, open: () => open(`${type}:/etc/postfix/access`, rows), row, ...partial })
}
tableContract({
  type: 'inline',
  open: () => open('inline:{ alice@example.com=OK, { bob = two words } }'),
  row: { key: 'alice@example.com', value: 'OK' },
  ...partial,
  missing: 'carol',
})
tableContract({
  type: 'regexp',
  open: () => open('regexp:/etc/postfix/r', '# friends\n/^alice@/ OK\n'),
  row: { key: 'alice@example.com', value: 'OK', line: 2 },
  missing: 'bob@example.com',
  keys: 'whole',
  letters: 'fold',
})
tableContract({
  type: 'pcre',
  open: () => open('pcre:/etc/postfix/p', '/^(?:alice|carol)@(.*)$/ OK\n'),
  row: { key: 'alice@example.com', value: 'OK', line: 1 },
  missing: 'bob@example.com',
  keys: 'whole',
  letters: 'fold',
})
tableContract({
  type: 'cidr',
  open: () => open('cidr:/etc/postfix/c', '192.0.2.0/25 near\n2001:db8::/32 six\n'),
  row: { key: '192.0.2.77', value: 'near', line: 1 },
  missing: '192.0.2.200',
  keys: 'whole',
  letters: 'fold',
})
tableContract({
  type: 'static',
  open: () => open('static:{ two words }'),
  row: { key: 'anything', value: 'two words' },
  missing: null,
  keys: 'partial',
  letters: 'fold',
})
tableContract({
  type: 'unionmap',
  open: () => open('unionmap:{inline:{a=1},inline:{a=2}}'),
  row: { key: 'a', value: '1,2' },
  missing: 'b',
  keys: 'partial',
  letters: 'fold',
})
tableContract({
  type: 'pipemap',
  open: () => open('pipemap:{inline:{a=b},inline:{b=c}}'),
  row: { key: 'a', value: 'c' },
  missing: 'b',
  keys: 'partial',
  letters: 'fold',
})
tableContract({
  type: 'randmap',
  open: () => open('randmap:{one two}'),
  row: { key: 'a', value: 'one' },
  missing: null,
  keys: 'whole',
  letters: 'fold',
})
tableContract({
  type: 'environ',
  open: () => open('environ:x'),
  row: { key: 'home', value: '/root' },
  missing: 'nothing',
  keys: 'partial',
  letters: 'fold',
})

describe('tables that are in a bad way', () => {
  test('a fail: table can never be asked', async () => {
    expect(await table('fail:x').lookup('a')).toEqual({ outcome: 'unavailable', reason: 'Application error' })
  })

  test('a union with a table that cannot be asked cannot be asked', async () => {
    expect(await table('unionmap:{static:a,fail:b}').lookup('x')).toMatchObject({ outcome: 'unavailable' })
  })

  test.each([
    ['inline:{}', 'bad syntax: "inline:{}"; need "inline:{name=value...}"'],
    [
      'inline:{ a=b, c }',
      'missing \'=\' after attribute name: "inline:{ a=b, c }"; need "inline:{name=value...}"',
    ],
    ['unionmap:{foo}', 'bad syntax: "unionmap:{foo}"; need "unionmap:{type:name...}"'],
    ['regexp:{/x/ yes}', 'regexp map: no \'{\' at start of text in "/x/"'],
  ])('%s is refused in Postfix’s words', (name, reason) => {
    expect(open(name)).toMatchObject({ kind: 'bad', reason })
  })
})

describe('the source of a hash table', () => {
  test('continues lines that begin with white space, and skips comments between them', async () => {
    const access = table('texthash:/t', 'example.org\n# why\n  REJECT not from\n  there\n')
    expect(await access.lookup('example.org')).toMatchObject({ value: 'REJECT not from  there', line: 1 })
  })

  test('warns of a line that continues nothing, of a key alone, and of a duplicate', () => {
    expect(warnings('texthash:t', '  first\nalone\na 1\nA 2\n')).toEqual([
      't: logical line must not start with whitespace: "  first"',
      't, line 2: expected format: key whitespace value -- ignoring this line',
      't, line 4: duplicate entry: "a"',
    ])
  })
})

describe('a cidr table', () => {
  test.each([
    ['1.2.3 x', 'bad address pattern: "1.2.3": skipping this rule'],
    ['1.2.3.0/33 x', 'bad mask length in "1.2.3.0/33": skipping this rule'],
    ['1.2.3.0/24', 'no lookup result: skipping this rule'],
    ['endif', 'ENDIF without IF: skipping this rule'],
    ['if !1.0.0.0/8', 'IF has no matching ENDIF'],
    [
      '192.0.2.1/24 x',
      'non-null host address bits in "192.0.2.1/24", perhaps you should use "192.0.2.0/24" instead: skipping this rule',
    ],
  ])('complains of %s', (line, complaint) => {
    expect(warnings('cidr:c', `${line}\n`)).toEqual([`cidr map c, line 1: ${complaint}`])
  })

  test('asks the rules between if and endif only about addresses within', async () => {
    const nets = table('cidr:c', 'if 10.0.0.0/8\n10.1.0.0/16 ten1\nendif\n!10.0.0.0/8 elsewhere\n')
    expect(await nets.lookup('10.1.2.3')).toMatchObject({ value: 'ten1', line: 2 })
    expect(await nets.lookup('10.2.2.3')).toEqual({ outcome: 'absent' })
    expect(await nets.lookup('192.0.2.1')).toMatchObject({ value: 'elsewhere', line: 4 })
  })
})

describe('a pattern table', () => {
  const rules = [
    '/a(b/ x',
    '/[z/ x',
    '/*a/ x',
    '/a{1/ x',
    '/a\\/ x',
    '/ab/q x',
    '/ab/',
    'ab x',
    '/(a)/ $2',
    '/(a)b/ $1 $x',
    '/nl/ ${1',
    '!/neg(x)/ $1',
    'endif',
    'if !/q/',
  ].join('\n')

  test('complains of bad rules as the real one does (regexp)', () => {
    const line = (n: number, text: string) => `regexp map r, line ${n}: ${text}`
    expect(warnings('regexp:r', rules)).toEqual([
      line(1, 'Unmatched ( or \\('),
      line(2, 'Unmatched [, [^, [:, [., or [='),
      line(3, 'Invalid preceding regular expression'),
      line(4, 'Unmatched \\{'),
      line(5, 'no closing regexp delimiter "/": skipping this rule'),
      line(6, 'unknown regexp option "q": skipping this rule'),
      line(7, 'no replacement text: using empty string'),
      line(8, 'ignoring unrecognized request'),
      line(9, 'out of range replacement index "2": skipping this rule'),
      line(10, 'non-numeric replacement index "x"'),
      line(10, 'bad replacement syntax: skipping this rule'),
      'truncated macro reference: "${1"',
      line(11, 'bad replacement syntax: skipping this rule'),
      line(12, '$number found in negative match replacement text: skipping this rule'),
      line(13, 'ignoring ENDIF without matching IF'),
      line(14, 'IF has no matching ENDIF'),
    ])
  })

  test('complains of bad rules as the real one does (pcre)', () => {
    expect(warnings('pcre:p', rules).slice(0, 4)).toEqual([
      'pcre map p, line 1: error in regex at offset 3: missing closing parenthesis',
      'pcre map p, line 2: error in regex at offset 2: missing terminating ] for character class',
      'pcre map p, line 3: error in regex at offset 0: quantifier does not follow a repeatable item',
      'pcre map p, line 5: no closing regexp delimiter "/": ignoring this rule',
    ])
  })

  test('puts what a group matched into the answer, in its own case', async () => {
    const lists = table('regexp:r', '/^(.+)\\.lists@/ $1+${1}@example.com $$\n')
    expect(await lists.lookup('Alice.lists@example.org')).toMatchObject({
      value: 'Alice+Alice@example.com $',
    })
  })

  test('negates with !, and asks the rules in if … endif only when its pattern fits', async () => {
    const headers = table('regexp:r', 'if /^Subject:/\n/money/ REJECT\nendif\n!/^X-/ DUNNO\n')
    expect(await headers.lookup('Subject: money')).toMatchObject({ value: 'REJECT', line: 2 })
    expect(await headers.lookup('X-Note: money')).toEqual({ outcome: 'absent' })
    expect(await headers.lookup('To: money')).toMatchObject({ value: 'DUNNO', line: 4 })
  })

  test('a rule that would run for ever is given up, with a warning, and the next one is asked', async () => {
    const said: string[] = []
    const outcome = open('pcre:p', '/^(a+)+$/ never\n/b$/ next\n', (text) => said.push(text))
    if (outcome.kind === 'bad') throw new Error(outcome.reason)
    expect(await outcome.table.lookup(`${'a'.repeat(60)}b`)).toMatchObject({ value: 'next' })
    expect(said).toEqual(['pcre map p, line 1: backtracking limit exceeded'])
  })
})
