/**
 * Who may ask. On a loopback address everybody on this computer, but no page of another site: neither by a foreign
 * Origin nor by a name that was made to point here (DNS rebinding). On any other address whoever has the token.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

export type Access = {
  /** The address that is listened on. */
  readonly address: string
  /** Null: no token is needed. */
  readonly token: string | null
}

export type Refusal = { readonly status: 401 | 403 | 421; readonly detail: string }

const cookieName = 'mailscope'

export const isLoopback = (address: string) =>
  /^127\.\d+\.\d+\.\d+$/.test(address) || address === '::1' || address === 'localhost'

export function refuse(request: IncomingMessage, access: Access): Refusal | null {
  const host = hostName(request.headers.host ?? '')
  if (isLoopback(access.address) && !isLoopback(host)) {
    return {
      status: 421,
      detail: `this server answers to localhost and 127.0.0.1, not to ${host || 'a request without a host'}`,
    }
  }
  const origin = request.headers.origin
  if (origin !== undefined && !sameOrigin(origin, request.headers.host ?? '')) {
    return { status: 403, detail: `a page of ${origin} may not ask this server` }
  }
  if (access.token !== null && !hasToken(request, access.token)) {
    return {
      status: 401,
      detail:
        'a token is needed: open the address that was printed at start, or send Authorization: Bearer TOKEN',
    }
  }
  return null
}

/** The cookie that keeps a browser in once it has come with `?token=`. */
export function cookieFor(request: IncomingMessage, access: Access): string | null {
  if (access.token === null || !same(queryToken(request), access.token)) return null
  return `${cookieName}=${access.token}; Path=/; HttpOnly; SameSite=Strict`
}

function hasToken(request: IncomingMessage, token: string): boolean {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const cookie = new RegExp(`(?:^|; )${cookieName}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1] ?? ''
  return [bearer, cookie, queryToken(request)].some((given) => same(given, token))
}

const queryToken = (request: IncomingMessage) =>
  new URL(request.url ?? '/', 'http://localhost').searchParams.get('token') ?? ''

/** Compares without telling by the time how much was right. */
function same(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return given !== '' && timingSafeEqual(digest(given), digest(token))
}

function sameOrigin(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host
  } catch {
    return false
  }
}

function hostName(host: string): string {
  const bare = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d+$/, '')
  return isIP(bare) === 0 ? bare.toLowerCase() : bare
}
