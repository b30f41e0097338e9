import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { latin1, latin1Of } from '#protocol/bytes/text.ts'
import { findPart, readMimeTree, type MimePart } from '#protocol/message/mime-tree.ts'
import { growth, linear } from '../../growth.ts'

/** A part as a message writer knows it. */
type Written =
  | { readonly header: string; readonly body: string }
  | {
      readonly boundary: string
      readonly header: string
      readonly preamble: string
      readonly parts: readonly Written[]
      readonly epilogue: string
    }

const leaf = fc.record({
  header: fc.constantFrom(
    '',
    'Content-Type: text/plain\r\n',
    'Content-Type: image/png; name="a b"\r\nContent-ID: <x@y>\r\n',
    'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n',
  ),
  body: fc
    .array(fc.constantFrom('text', '--', '--not-a-boundary', '', ' -- x', 'From me', '.', 'caf\xe9', '\0'), {
      maxLength: 5,
    })
    .map((lines) => lines.join('\r\n')),
})

const { part } = fc.letrec<{ part: Written }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({
      boundary: fc.uuid().map((id) => `=_${id}`),
      header: fc.constant(''),
      preamble: fc.constantFrom('', 'This is a message in MIME.\r\n'),
      parts: fc.array(tie('part'), { minLength: 1, maxLength: 4 }),
      epilogue: fc.constantFrom('', 'the end\r\n'),
    }),
  ),
}))

const headerOf = (written: Written): string =>
  'boundary' in written
    ? `${written.header}Content-Type: multipart/mixed; boundary="${written.boundary}"\r\n\r\n`
    : `${written.header}\r\n`

function bodyOf(written: Written): string {
  if (!('boundary' in written)) return written.body
  const { boundary, preamble, parts, epilogue } = written
  const inner = parts.map((child) => `--${boundary}\r\n${headerOf(child)}${bodyOf(child)}\r\n`).join('')
  return `${preamble}${inner}--${boundary}--\r\n${epilogue}`
}

const cut = (bytes: Uint8Array, start: number, end: number) => latin1Of(bytes.subarray(start, end))

/** Written anew from what a client fetches: the header and the body of each leaf. */
function fetched(written: Written, bytes: Uint8Array, root: MimePart, path: readonly number[]): Written {
  const found = findPart(root, path)
  if (found === null) throw new Error(`no part ${path.join('.')}`)
  if ('boundary' in written) {
    return {
      ...written,
      parts: written.parts.map((child, i) => fetched(child, bytes, root, [...path, i + 1])),
    }
  }
  const header = cut(bytes, found.headerStart, found.bodyStart)
  return { header: header.slice(0, -2), body: cut(bytes, found.bodyStart, found.bodyEnd) }
}

describe('the tree of a message', () => {
  test('all parts fetched and put together again are the message, byte for byte', () => {
    fc.assert(
      fc.property(part, (written) => {
        const top =
          'boundary' in written ? written : { ...written, header: `Subject: x\r\n${written.header}` }
        const message = latin1(headerOf(top) + bodyOf(top))
        const root = readMimeTree(message)
        const again = 'boundary' in top ? fetched(top, message, root, []) : fetched(top, message, root, [1])
        expect(headerOf(again) + bodyOf(again)).toBe(latin1Of(message))
      }),
      { numRuns: 300 },
    )
  })

  test('parts of one level follow each other and stand within the whole', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '--a',
            '--b',
            '\r\n',
            '--',
            'Content-Type: multipart/mixed; boundary=',
            'Content-Type: message/rfc822',
            'a',
            'b',
            ':',
            ' ',
          ),
        }),
        (body) => {
          const message = latin1(`Content-Type: multipart/mixed; boundary=a\r\n\r\n${body}`)
          const check = (one: MimePart) => {
            let at = one.bodyStart
            for (const child of one.children) {
              expect(child.headerStart).toBeGreaterThanOrEqual(at)
              expect(child.bodyEnd).toBeGreaterThanOrEqual(child.bodyStart)
              at = child.bodyEnd
              check(child)
            }
            expect(one.bodyEnd).toBeLessThanOrEqual(message.length)
          }
          check(readMimeTree(message))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('ten thousand multiparts within each other are read to a bounded depth', () => {
    const nested = Array.from(
      { length: 10_000 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
    )
    const root = readMimeTree(latin1(nested.join('')))
    let depth = 0
    for (let one: MimePart | undefined = root; one !== undefined; one = one.children[0]) depth++
    expect(depth).toBeLessThanOrEqual(102)
  })

  test('a hundred thousand parts do not take a square of the time', () => {
    const parts = (count: number) =>
      latin1(
        `Content-Type: multipart/mixed; boundary=x\r\n\r\n${'--x\r\n\r\nbody\r\n'.repeat(count)}--x--\r\n`,
      )
    expect(growth(10_000, (count) => readMimeTree(parts(count)))).toBeLessThan(linear)
  })
})
