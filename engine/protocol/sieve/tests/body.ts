/** body: does the text of the letter match one of these keys? `:raw`, `:content "text"`, `:text`. RFC 5173. */
import { latin1Of } from '../../bytes/text.ts'
import { readMatcher } from '../matching/match.ts'
import { decodedContent, mediaType, partsOf, rawBody } from '../message.ts'
import type { Run } from '../run.ts'
import type { Tag, TestSpecification } from '../specification.ts'

const transformTag: Tag = {
  names: ['raw', 'text', 'content'],
  read(name, at, check) {
    if (name !== 'content') return { kind: 'tag', at, tag: name }
    const argument = check.peek()
    const wanted = `the :content tag for the ${check.title} requires a string list as parameter, but`
    if (argument?.kind === 'string' || argument?.kind === 'string-list') return check.take()
    if (argument === null) check.error(`${wanted} no parameters were found`, at)
    else check.error(`${wanted} a ${argument.kind} was found`, argument.at)
    return null
  },
}

export const body: TestSpecification = {
  kind: 'test',
  identifier: 'body',
  positional: 1,
  tags: [transformTag],
  compile(check) {
    const given = check.given(transformTag)
    const types = given?.name === 'content' ? check.tagStrings(transformTag) : []
    const keys = check.strings(0, 'key list')
    const matcher = keys === null ? null : readMatcher(check, keys)
    if (types == null || matcher === null) return null
    return (run) => {
      if (given?.name === 'raw') {
        return matcher.match(run, [latin1Of(rawBody(run.world.message, run.world.message.root))])
      }
      const wanted = given?.name === 'content' ? types.map((type) => type.expand(run)) : ['text']
      return matcher.match(run, contents(run, wanted))
    }
  },
}

/** The contents of the parts of these types, one at a time. */
function* contents(run: Run, types: readonly string[]): Generator<string> {
  const { message } = run.world
  for (const part of partsOf(message.root)) {
    if (!types.some((type) => isOfType(mediaType(part), type))) continue
    run.spend((part.bodyEnd - part.bodyStart) / 1000)
    const [first] = part.children
    const last = part.children.at(-1)
    if (first === undefined || last === undefined) yield decodedContent(message, part)
    // Of a letter within the letter its header; of a multipart what stands before and after its parts. RFC 5173 §5.2.
    else if (part.kind === 'message')
      yield latin1Of(message.bytes.subarray(first.headerStart, first.bodyStart))
    else {
      yield latin1Of(message.bytes.subarray(part.bodyStart, first.headerStart))
      yield latin1Of(message.bytes.subarray(last.bodyEnd, part.bodyEnd))
    }
  }
}

/** '' means all, `text` all texts, `text/html` only that. RFC 5173 §5.2. */
export function isOfType(type: string, wanted: string): boolean {
  const lower = wanted.toLowerCase()
  if (lower === '') return true
  if (lower.startsWith('/') || lower.endsWith('/') || lower.split('/').length > 2) return false
  return lower.includes('/') ? type === lower : type.startsWith(`${lower}/`)
}
