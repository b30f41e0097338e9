/**
 * The tree of a message: its parts, where the header and the body of each begin and end. Offsets are into the bytes of
 * the whole message, whose lines end in CRLF, so every part can be cut out as it came.
 *
 * RFC 2045, RFC 2046 §5. Where a message breaks the rules, parts are those that Dovecot sees.
 */
import { latin1Of } from '../bytes/text.ts'
import { readContentType, type ContentType } from './content-fields.ts'
import { fieldValue, readHeaderLines, type HeaderLine } from './header-lines.ts'

export type MimePart = {
  readonly headerStart: number
  /** After the empty line. */
  readonly bodyStart: number
  readonly bodyEnd: number
  readonly fields: readonly HeaderLine[]
  readonly type: ContentType
  /** Parts of a multipart; of a message/rfc822 the one message within. */
  readonly children: readonly MimePart[]
  readonly kind: 'multipart' | 'message' | 'leaf'
  /** Whether it is a message, alone or within another, or a part of one. */
  readonly level: 'message' | 'part'
}

/** Deeper parts, and more of them, are not told apart: Dovecot's limits. */
const deepestNesting = 100
const mostParts = 10_000
/** Of a longer one only the beginning is looked at. */
const longestBoundary = 80

export function readMimeTree(message: Uint8Array): MimePart {
  return new TreeReader(message).root()
}

type Found = {
  readonly lineStart: number
  readonly lineEnd: number
  readonly level: number
  readonly sort: 'delimiter' | 'close'
}

class TreeReader {
  readonly #bytes: Uint8Array
  readonly #boundaries: string[] = []
  #at = 0
  #parts = 0
  /** The boundary line at which the last part ended, until somebody takes it. */
  #stopped: Found | null = null
  /** The boundary line that stood in the header of the last part. */
  #cut: Found | null = null
  /** Where the line of the last close delimiter ended. */
  #closedAt = -1

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  root(): MimePart {
    return this.#part('text/plain', 0, 'message')
  }

  #part(standard: string, depth: number, level: MimePart['level']): MimePart {
    this.#parts++
    const headerStart = this.#at
    const headerEnd = this.#headerEnd(headerStart)
    const fields = readHeaderLines(latin1Of(this.#bytes.subarray(headerStart, headerEnd)))
    this.#at = headerEnd
    const type = readContentType(fieldValue(fields, 'Content-Type'), standard)
    const base = { headerStart, bodyStart: headerEnd, fields, type, level }
    const main = type.type.toLowerCase()
    const full = `${main}/${type.subtype.toLowerCase()}`

    if (main === 'multipart') {
      const boundary = type.parameters
        .find(([name]) => name.toLowerCase() === 'boundary')?.[1]
        .slice(0, longestBoundary)
      const standardOfParts = full === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
      const children =
        boundary !== undefined && depth < deepestNesting
          ? this.#children(boundary, standardOfParts, depth)
          : []
      if (children.length === 0) this.#skipBody()
      return { ...base, bodyEnd: this.#bodyEnd(headerEnd), children, kind: 'multipart' }
    }
    if (full === 'message/rfc822' && depth < deepestNesting && this.#stopped === null) {
      const child = this.#part('text/plain', depth + 1, 'message')
      // That line end belongs to no part of the message within, and yet to the message.
      const bodyEnd = child.kind === 'leaf' ? (this.#cutAt() ?? child.bodyEnd) : child.bodyEnd
      return { ...base, bodyEnd, children: [child], kind: 'message' }
    }
    // Without a body the empty line of the header is the line end that belongs to the boundary.
    const empty = level === 'part' && this.#stopped === null && this.#boundaryAt(headerEnd) !== null
    this.#skipBody()
    const bodyStart = empty ? this.#withoutLineEnd(headerStart, headerEnd) : headerEnd
    return { ...base, bodyStart, bodyEnd: this.#bodyEnd(bodyStart), children: [], kind: 'leaf' }
  }

  /** Between preamble and epilogue. Ends at the end, or stopped by a boundary from further out. */
  #children(boundary: string, standard: string, depth: number): readonly MimePart[] {
    const level = this.#boundaries.length
    this.#boundaries.push(`--${boundary}`)
    const children: MimePart[] = []
    this.#skipBody()
    for (;;) {
      const stop = this.#take(level)
      if (stop === null) break
      this.#at = stop.lineEnd
      if (stop.sort === 'close') this.#closedAt = stop.lineEnd
      if (stop.sort === 'close' || this.#parts >= mostParts) {
        this.#boundaries.length = level
        this.#skipBody()
        break
      }
      this.#boundaries.length = level + 1
      children.push(this.#part(standard, depth + 1, 'part'))
    }
    this.#boundaries.length = level
    return children
  }

  #cutAt(): number | undefined {
    return this.#cut?.lineStart
  }

  /** The boundary line that stopped the last part, when it is of this level. */
  #take(level: number): Found | null {
    const stop = this.#stopped
    if (stop?.level !== level) return null
    this.#stopped = null
    return stop
  }

  /** After the empty line; where a boundary stands in the midst of a header, before the line end that belongs to it. */
  #headerEnd(start: number): number {
    this.#cut = null
    let at = start
    while (at < this.#bytes.length) {
      const stop = this.#boundaryAt(at)
      if (stop !== null) {
        this.#stopped = stop
        this.#cut = stop
        return this.#withoutLineEnd(start, at)
      }
      const newline = this.#bytes.indexOf(10, at)
      if (newline < 0) return this.#bytes.length
      if (newline === at || (newline === at + 1 && this.#bytes[at] === 13)) return newline + 1
      at = newline + 1
    }
    return at
  }

  /** To the next boundary line of any level, or to the end. */
  #skipBody(): void {
    if (this.#stopped !== null) return
    while (this.#at < this.#bytes.length) {
      const stop = this.#boundaryAt(this.#at)
      if (stop !== null) {
        this.#stopped = stop
        return
      }
      const newline = this.#bytes.indexOf(10, this.#at)
      this.#at = newline < 0 ? this.#bytes.length : newline + 1
    }
  }

  /** The line end before a boundary belongs to the boundary, unless it already belongs to another. */
  #bodyEnd(bodyStart: number): number {
    if (this.#stopped === null) return this.#bytes.length
    const end = this.#stopped.lineStart
    if (end === this.#closedAt) return end
    return this.#withoutLineEnd(bodyStart, end)
  }

  #withoutLineEnd(start: number, from: number): number {
    let end = from
    if (this.#bytes[end - 1] === 10) end--
    if (this.#bytes[end - 1] === 13) end--
    return Math.max(end, start)
  }

  #boundaryAt(start: number): Found | null {
    if (this.#bytes[start] !== 45 || this.#bytes[start + 1] !== 45 || this.#boundaries.length === 0)
      return null
    for (let level = this.#boundaries.length - 1; level >= 0; level--) {
      const boundary = this.#boundaries[level] ?? ''
      if (!this.#startsWith(boundary, start)) continue
      const after = start + boundary.length
      const newline = this.#bytes.indexOf(10, after)
      return {
        lineStart: start,
        lineEnd: newline < 0 ? this.#bytes.length : newline + 1,
        level,
        sort: this.#bytes[after] === 45 && this.#bytes[after + 1] === 45 ? 'close' : 'delimiter',
      }
    }
    return null
  }

  #startsWith(text: string, at: number): boolean {
    for (let i = 0; i < text.length; i++) if (this.#bytes[at + i] !== text.charCodeAt(i)) return false
    return true
  }
}

/** Part `1.2` of a message, as IMAP counts; null when there is none. RFC 3501 §6.4.5. */
export function findPart(root: MimePart, path: readonly number[]): MimePart | null {
  let part: MimePart | undefined = root
  // What has no parts is its own part 1, once.
  let whole = false
  for (const [i, number] of path.entries()) {
    // There is no part 0; Dovecot takes it for 1.
    const index = Math.max(number, 1) - 1
    if (part.kind === 'multipart') {
      part = part.children[index]
    } else {
      if (number !== 1 || whole) return null
      whole = true
    }
    if (part === undefined) return null
    if (part.kind === 'message' && i < path.length - 1) {
      part = part.children[0] ?? part
      whole = false
    }
  }
  return part
}

export function countLines(bytes: Uint8Array, start: number, end: number): number {
  let lines = 0
  for (let at = bytes.indexOf(10, start); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}
