/**
 * The HTTP server: one port for the page, the contract and the stream. Reads requests, asks `access.ts`, finds the
 * route, writes the answer. Every body is bounded, every error is problem+json.
 *
 * RFC 9110, RFC 9457.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import sirv from 'sirv'
import type { Labs } from '#control/labs.ts'
import { serveStreams } from '#control/stream.ts'
import { cookieFor, refuse, type Access } from './access.ts'
import { doorRoutes } from './door-routes.ts'
import { labRoutes } from './lab-routes.ts'
import { lessonRoutes, type LessonLibrary } from './lesson-routes.ts'
import { HttpProblem, notFound, type ProblemBody } from './problem.ts'
import { matchPath, type Answer, type Call, type Route } from './route.ts'
import { serviceRoutes } from './service-routes.ts'
import { whyRoutes } from './why-routes.ts'

export type ServerOptions = {
  readonly labs: Labs
  readonly lessons: LessonLibrary
  readonly version: string
  /** The folder of the built page; null when there is none. */
  readonly page: string | null
  readonly address: string
  readonly port: number
  readonly token: string | null
}

export type HttpServer = { readonly url: string; close(): Promise<void> }

const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** Rejects with the error of `listen` when the port is in use. */
export async function serveHttp(options: ServerOptions): Promise<HttpServer> {
  const routes: Route[] = [...labRoutes, ...whyRoutes, ...doorRoutes, ...lessonRoutes(options.lessons)]
  routes.push(...serviceRoutes(options.version, () => routes))
  const access: Access = { address: options.address, token: options.token }
  const page = options.page === null ? null : sirv(options.page, { single: true, etag: true })

  const server = createServer(
    { requestTimeout: 60_000, headersTimeout: 15_000, maxHeaderSize: 16384 },
    (request, response) => {
      for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
      answer(request, response).catch((error: unknown) => writeProblem(response, asProblem(error)))
    },
  )

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refuse(request, access)
    if (refusal !== null) throw new HttpProblem(refusal.status, 'Refused', refusal.detail)
    const cookie = cookieFor(request, access)
    if (cookie !== null) response.setHeader('set-cookie', cookie)
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`)
    const found = find(routes, request.method ?? 'GET', url.pathname)
    if (found === 'method')
      throw new HttpProblem(405, 'Method not allowed', `${request.method ?? ''} is not for ${url.pathname}`)
    if (found !== null) {
      await write(response, await found.route.handle(callOf(request, url, found.parameters, options.labs)))
    } else if (page !== null && request.method === 'GET' && !url.pathname.startsWith('/api/')) {
      page(request, response, () => writeProblem(response, notFound(`there is no ${url.pathname}`).body))
    } else throw notFound(`there is no ${url.pathname}`)
  }

  const streams = serveStreams(server, options.labs, access)
  await listen(server, options.address, options.port)
  const { port } = server.address() as AddressInfo
  const host = options.address.includes(':') ? `[${options.address}]` : options.address
  return {
    url: `http://${host}:${port}`,
    async close() {
      streams.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

type FoundRoute = { readonly route: Route; readonly parameters: Record<string, string> }

function find(routes: readonly Route[], method: string, path: string): FoundRoute | 'method' | null {
  let other = false
  for (const route of routes) {
    const parameters = matchPath(route.path, path)
    if (parameters === null) continue
    if (route.method === (method === 'HEAD' ? 'GET' : method)) return { route, parameters }
    other = true
  }
  return other ? 'method' : null
}

function callOf(request: IncomingMessage, url: URL, parameters: Record<string, string>, labs: Labs): Call {
  const call: Call = {
    request,
    url,
    parameters,
    labs,
    lab() {
      const lab = labs.get(parameters.id ?? '')
      if (lab === null) throw notFound(`there is no lab ${parameters.id ?? ''}`)
      return lab
    },
    bytes: (limit) => readBody(request, limit),
    async json(limit) {
      const text = (await call.bytes(limit)).toString('utf8')
      try {
        return JSON.parse(text) as unknown
      } catch (error) {
        throw new HttpProblem(
          400,
          'Bad request',
          `the body is not JSON: ${error instanceof Error ? error.message : ''}`,
          { field: '' },
        )
      }
    },
  }
  return call
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw new HttpProblem(413, 'Too large', `the body may have ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function write(
  response: ServerResponse,
  { status = 200, type, headers = {}, body }: Answer,
): Promise<void> {
  if (type !== undefined) response.setHeader('content-type', type)
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (response.getHeader('cache-control') === undefined) response.setHeader('cache-control', 'no-store')
  response.statusCode = status
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body ?? undefined)
    return
  }
  for await (const piece of body) {
    if (response.destroyed) return
    if (!response.write(piece))
      await new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
  }
  response.end()
}

function asProblem(error: unknown): ProblemBody {
  if (error instanceof HttpProblem) return error.body
  return {
    status: 500,
    title: 'A fault of the engine',
    detail: error instanceof Error ? error.message : String(error),
  }
}

function writeProblem(response: ServerResponse, problem: ProblemBody): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.statusCode = problem.status
  response.setHeader('content-type', 'application/problem+json; charset=utf-8')
  response.end(JSON.stringify({ type: 'about:blank', ...problem }))
}
