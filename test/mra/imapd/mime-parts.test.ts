import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dialogue, logIn } from './dialogue.ts'

/** A message as somebody wrote it: parts within parts. */
type Tree =
  | { readonly kind: 'leaf'; readonly fields: readonly string[]; readonly body: string }
  | { readonly kind: 'multipart'; readonly subtype: string; readonly children: readonly Tree[] }
  | { readonly kind: 'message'; readonly subject: string; readonly inner: Tree }

const field = fc.constantFrom(
  'Content-Type: text/plain; charset=utf-8',
  'Content-Type: image/png; name="a b.png"',
  'Content-Disposition: attachment; filename=x.txt',
  'Content-Transfer-Encoding: base64',
  'Content-ID: <part@example.org>',
  'X-Folded: one\n two\n\tthree',
)
const line = fc.constantFrom(
  '',
  'hello',
  ' blanks ',
  '.dot',
  '-- ',
  '--',
  'From here',
  'ä'.repeat(3),
  'x'.repeat(80),
)
const leaf: fc.Arbitrary<Tree> = fc.record({
  kind: fc.constant('leaf' as const),
  fields: fc.uniqueArray(field, { maxLength: 3, selector: (text) => text.split(':')[0] }),
  body: fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n')),
})
const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({
      kind: fc.constant('multipart' as const),
      subtype: fc.constantFrom('mixed', 'alternative', 'related'),
      children: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('message' as const),
      subject: fc.constantFrom('inner', 'Re: "quoted"', ''),
      inner: tie('tree'),
    }),
  ),
})).tree

/** Every boundary is another, so that the tree that was written is the tree that is read. */
function write(part: Tree, next: { boundary: number }): string {
  switch (part.kind) {
    case 'leaf':
      return `${part.fields.map((text) => `${text}\n`).join('')}\n${part.body}`
    case 'message':
      return `Content-Type: message/rfc822\n\nSubject: ${part.subject}\n${write(part.inner, next)}`
    case 'multipart': {
      const boundary = `=_${next.boundary++}_=`
      const parts = part.children.map((child) => `--${boundary}\n${write(child, next)}\n`).join('')
      return `Content-Type: multipart/${part.subtype}; boundary="${boundary}"\n\n${parts}--${boundary}--\n`
    }
  }
}

type Data = string | null | readonly Data[]

/** The lists and strings of a response. */
function readData(text: string): Data {
  let at = 0
  const read = (): Data => {
    while (text[at] === ' ') at++
    if (text[at] === '(') {
      const items: Data[] = []
      for (at++; text[at] !== ')';) {
        items.push(read())
        while (text[at] === ' ') at++
      }
      at++
      return items
    }
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text.slice(at))
    const literal = /^\{(\d+)\}\r\n/.exec(text.slice(at))
    if (quoted) {
      at += quoted[0].length
      return (quoted[1] ?? '').replace(/\\(.)/g, '$1')
    }
    if (literal) {
      at += literal[0].length + Number(literal[1])
      return text.slice(at - Number(literal[1]), at)
    }
    const atom = /^[^ ()]+/.exec(text.slice(at))?.[0] ?? ''
    at += atom.length
    return atom === 'NIL' ? null : atom
  }
  return read()
}

type Shape =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'message'; readonly inner: Shape }
  | { readonly kind: 'multipart'; readonly boundary: string; readonly children: readonly Shape[] }

function shapeOf(data: Data): Shape {
  if (!Array.isArray(data)) throw new Error('no structure')
  const items = data as readonly Data[]
  if (Array.isArray(items[0])) {
    const children = items.filter((item, i) => Array.isArray(item) && items.slice(0, i).every(Array.isArray))
    const parameters = items[children.length + 1] as readonly string[]
    const boundary = parameters[parameters.indexOf('boundary') + 1] ?? ''
    return { kind: 'multipart', boundary, children: children.map(shapeOf) }
  }
  const [type, subtype] = items
  return type === 'message' && subtype === 'rfc822'
    ? { kind: 'message', inner: shapeOf(items[8] ?? null) }
    : { kind: 'leaf' }
}

/** What must be fetched, and how the pieces make the message again. */
function plan(
  shape: Shape,
  path: string,
  sections: string[],
): (pieces: ReadonlyMap<string, string>) => string {
  const want = (section: string) => {
    sections.push(section)
    return (pieces: ReadonlyMap<string, string>) => pieces.get(section) ?? ''
  }
  const under = (word: string) => (path === '' ? word : `${path}.${word}`)
  switch (shape.kind) {
    case 'leaf':
      return want(path === '' ? '1' : path)
    case 'message': {
      const inside = path === '' ? '1' : path
      const header = want(`${inside}.HEADER`)
      const body =
        shape.inner.kind === 'multipart' ? plan(shape.inner, inside, sections) : want(`${inside}.TEXT`)
      return (pieces) => header(pieces) + body(pieces)
    }
    case 'multipart': {
      const parts = shape.children.map((child, i) => {
        const number = under(String(i + 1))
        const header = want(`${number}.MIME`)
        const body = plan(child, number, sections)
        return (pieces: ReadonlyMap<string, string>) =>
          `--${shape.boundary}\r\n${header(pieces)}${body(pieces)}\r\n`
      })
      return (pieces) => `${parts.map((part) => part(pieces)).join('')}--${shape.boundary}--\r\n`
    }
  }
}

const literalOf = (reply: readonly string[]): string => {
  const text = reply.join('\r\n')
  const found = /\{(\d+)\}\r\n/.exec(text)
  if (found === null) throw new Error(text.slice(0, 200))
  const start = found.index + found[0].length
  return text.slice(start, start + Number(found[1]))
}

const begin = [logIn, 'a1 SELECT INBOX']

/** Each message of a mailbox, from its parts. */
async function putTogether(emls: readonly string[]): Promise<readonly string[]> {
  const mailbox = { INBOX: emls.map((eml) => ({ eml })) }
  const first = await dialogue([...begin, ...emls.map((_, i) => `s${i} FETCH ${i + 1} BODYSTRUCTURE`)], {
    mailbox,
  })
  const plans = emls.map((_, i) => {
    const text = (first.replies[i + 3] ?? []).slice(0, -1).join('\r\n')
    const shape = shapeOf(readData(text.replace(/^\* \d+ FETCH \(BODYSTRUCTURE /, '')))
    const sections = ['HEADER']
    return { sections, build: plan(shape, '', sections) }
  })
  const fetches = plans.flatMap(({ sections }, i) => sections.map((section) => ({ number: i + 1, section })))
  const { replies } = await dialogue(
    [...begin, ...fetches.map(({ number, section }, i) => `f${i} FETCH ${number} BODY.PEEK[${section}]`)],
    { mailbox },
  )
  return plans.map(({ build }, i) => {
    const pieces = new Map<string, string>()
    for (const [at, { number, section }] of fetches.entries())
      if (number === i + 1) pieces.set(section, literalOf(replies[at + 3] ?? []))
    return (pieces.get('HEADER') ?? '') + build(pieces)
  })
}

describe('the parts of a message', () => {
  test('fetched one by one and put together again are the message, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { minLength: 8, maxLength: 8 }), async (wholes) => {
        const emls = wholes.map((whole) => {
          const text = `Subject: outer\nMIME-Version: 1.0\n${write(whole, { boundary: 1 })}`
          return Buffer.from(text, 'utf8').toString('latin1')
        })
        expect(await putTogether(emls)).toEqual(emls.map((eml) => eml.replaceAll('\n', '\r\n')))
      }),
      { numRuns: 6 },
    )
  }, 20_000)

  test('ten thousand within one another are told apart to a bound, and quickly', async () => {
    const levels = Array.from({ length: 10_000 }, (_, i) => `b${i}`)
    const nested = levels.map((b) => `Content-Type: multipart/mixed; boundary=${b}\n\n--${b}\n`).join('')
    const messages = 'Content-Type: message/rfc822\n\n'.repeat(10_000)
    const siblings = `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(20_000)}`
    const mailbox = {
      INBOX: [nested, messages, siblings].map((eml) => ({ eml: `MIME-Version: 1.0\n${eml}` })),
    }
    const started = performance.now()
    const { replies, facts } = await dialogue(
      [
        ...begin,
        'a2 FETCH 1:3 BODYSTRUCTURE',
        'a3 FETCH 1:3 BODY.PEEK[1.1.1.1.1.1.1.1.1.1]',
        'a4 SEARCH BODY x',
        'a5 FETCH 1:3 (PREVIEW BINARY.SIZE[])',
      ],
      { mailbox },
    )
    expect(performance.now() - started).toBeLessThan(8000)
    expect(facts.filter(({ type }) => type === 'engine.fault')).toEqual([])
    for (const [i, reply] of replies.slice(3).entries())
      expect(reply.at(-1)).toMatch(new RegExp(`^a${i + 2} OK`))
  }, 20_000)
})
