/** One line of the HTTP contract: method, path, what it is for, and what it does. `/api/openapi.json` is made from these. */
import type { IncomingMessage } from 'node:http'
import type { LabHandle } from '#control/lab-handle.ts'
import type { Labs } from '#control/labs.ts'

export type Call = {
  readonly request: IncomingMessage
  readonly url: URL
  /** The values of `:name` in the path, decoded; `*` holds the rest. */
  readonly parameters: Readonly<Record<string, string>>
  readonly labs: Labs
  /** The lab that `:id` names. Throws a 404. */
  lab(): LabHandle
  /** The body, bounded. Throws 413. */
  bytes(limit: number): Promise<Buffer>
  /** The body as JSON. Throws 400 or 413. */
  json(limit: number): Promise<unknown>
}

export type Answer = {
  readonly status?: number
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | AsyncIterable<string | Uint8Array> | null
}

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `/api/labs/:id/hosts/:host/files/*`. */
  readonly path: string
  readonly summary: string
  /** JSON Schema of the body, for the OpenAPI document. */
  readonly body?: () => object
  /** Status → what the answer holds. */
  readonly answers: Readonly<Record<number, string>>
  handle(call: Call): Answer | Promise<Answer>
}

export const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
})

/** The parameters of a path that fits; null when it does not. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/')
  const given = path.split('/')
  const found: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    if (part === '*') {
      const rest = decode(given.slice(i).join('/'))
      return rest === null || rest === '' ? null : { ...found, '*': rest }
    }
    const value = given[i]
    if (value === undefined) return null
    if (part.startsWith(':')) {
      const decoded = decode(value)
      if (decoded === null || decoded === '') return null
      found[part.slice(1)] = decoded
    } else if (part !== value) return null
  }
  return given.length === wanted.length ? found : null
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
