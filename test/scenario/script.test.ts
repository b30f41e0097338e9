// The grammar of scenarios: what each line means, and where a wrong one is wrong.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matches } from '#scenario/glob.ts'
import { parseScript } from '#scenario/script.ts'

const relay = `# Mallory tries to relay through us.
client mallory 203.0.113.9 to mx.example.org:25
S: 220 *
C: EHLO mallory.example
S: 250 *
C: RCPT TO:<victim@elsewhere.example>
S: 554 5.7.1 *
expect restriction.verdict name=reject_unauth_destination verdict=reject
expect not queue.created
advance 5m
`

describe('a scenario', () => {
  test('is a list of steps with their lines', () => {
    const { steps, problems } = parseScript(relay)
    expect(problems).toEqual([])
    expect(steps.map(({ line, kind }) => `${line} ${kind}`)).toEqual([
      '2 client',
      '3 receive',
      '4 send',
      '5 receive',
      '6 send',
      '7 receive',
      '8 expect',
      '9 expect',
      '10 advance',
    ])
    expect(steps[0]).toMatchObject({
      name: 'mallory',
      from: '203.0.113.9',
      host: 'mx.example.org',
      port: 25,
      tls: 'not yet',
    })
    expect(steps[6]).toMatchObject({
      wanted: 'some',
      fact: {
        type: 'restriction.verdict',
        fields: [
          { name: 'name', value: 'reject_unauth_destination' },
          { name: 'verdict', value: 'reject' },
        ],
      },
    })
    expect(steps[7]).toMatchObject({ wanted: 'none' })
    expect(steps[8]).toMatchObject({ by: 300_000 })
  })

  test('lets several clients speak, by name', () => {
    const { steps } = parseScript(
      'client a laptop to mx:25\nclient b laptop to mx:25 tls\na> C: NOOP\nb> S: 250 *\n',
    )
    expect(steps.slice(2)).toMatchObject([
      { kind: 'send', client: 'a', sent: 'NOOP' },
      { kind: 'receive', client: 'b', pattern: '250 *' },
    ])
  })

  test('holds texts of many lines', () => {
    const { steps, problems } = parseScript(
      'client a laptop to mx:25\ndata <<.\nSubject: hello\n\n# not a comment\n.\nfile mx /etc/aliases <<EOF\nroot: carol\nEOF\n',
    )
    expect(problems).toEqual([])
    expect(steps[1]).toMatchObject({ kind: 'data', lines: ['Subject: hello', '', '# not a comment'] })
    expect(steps[2]).toMatchObject({
      kind: 'file',
      host: 'mx',
      path: '/etc/aliases',
      content: 'root: carol\n',
    })
  })

  test('shows no password', () => {
    const { steps } = parseScript(
      'client a laptop to mx:25\nauth PLAIN alice wonderland\nC: PASS wonderland\nC: a LOGIN alice wonderland\nfetch alice wonderland from laptop to mx:110\nsubmit alice wonderland from laptop to mx:587 <<.\nTo: a@b\n.\n',
    )
    expect(steps.map(({ text }) => text).join('\n')).not.toContain('wonderland')
  })

  test.each([
    ['C: EHLO a', 1, 'nobody is connected yet'],
    ['client a laptop to mx', 1, 'write: client NAME'],
    ['client a laptop to mx:70000', 1, 'write: client NAME'],
    ['client a laptop to mx:25\nb> C: NOOP', 2, 'there is no client "b"'],
    ['\nadvanse 5m', 2, 'did you mean "advance"'],
    ['valueOf', 1, '"valueOf" begins no line'],
    ['advance five', 1, 'write: advance 5m'],
    ['expect Smtpd.Reply', 1, 'the type of a fact'],
    ['expect smtpd.reply 250', 1, '"250" is no name=value'],
    ['mailbox bob has 1 message', 1, 'write: mailbox USER/FOLDER'],
    ['file mx /etc/aliases <<EOF\nroot: carol', 1, 'never ends'],
    ['narrate en "one language"', 1, 'write: narrate en'],
    ['data', 1, 'takes a text'],
  ])('%j is refused at line %i', (text, line, message) => {
    const [problem] = parseScript(text).problems
    expect(problem?.line).toBe(line)
    expect(problem?.message).toContain(message)
  })

  test('is read whatever it holds: a problem has a line of the text, a step too', () => {
    const words = [
      'client a b to c:25',
      'C: ',
      'S: *',
      'data <<.',
      '.',
      'expect ',
      'file x /y <<E',
      'E',
      '\t',
      'a> ',
    ]
    const line = fc
      .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 12 })), { maxLength: 3 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const text = lines.join('\n')
        const { steps, problems } = parseScript(text)
        const last = text.split('\n').length
        for (const { line: at } of [...steps, ...problems]) expect(at >= 1 && at <= last).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a pattern with *', () => {
  test('fits as the same regular expression would', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 })
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (parts, given) => {
        expect(matches(parts.join('*'), given)).toBe(new RegExp(`^${parts.join('.*')}$`).test(given))
      }),
      { numRuns: 500 },
    )
  })
})
