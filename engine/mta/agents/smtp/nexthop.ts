/**
 * Where to: a next hop as main.cf and transport tables write it.
 *
 * smtp(8), lmtp(8): "DESTINATIONS"; postconf(5): relayhost.
 */
import { isValidHostname } from '#tables/hostname.ts'
import { readIpAddress } from '#tables/network.ts'

export type Nexthop =
  | { readonly kind: 'unix'; readonly path: string }
  /** `mx`: look up the domain's mail exchangers; `host`: this very host. */
  | {
      readonly kind: 'inet'
      readonly lookup: 'mx' | 'host'
      readonly host: string
      readonly port: number
    }
  /** It can be read in no way: the client gives up, and says this in the log. */
  | { readonly kind: 'broken'; readonly problem: string }

/** `example.org`, `[mx.example.org]:587`, `inet:host:24`, `unix:private/lmtp`. */
export function readNexthop(text: string, protocol: 'smtp' | 'lmtp', defaultPort: number): Nexthop {
  if (text.startsWith('unix:')) return { kind: 'unix', path: text.slice(5) }
  const rest = text.startsWith('inet:') ? text.slice(5) : text
  const broken = (problem: string): Nexthop => ({
    kind: 'broken',
    problem: `${problem} in server description: ${rest}`,
  })
  const bracketed = rest.startsWith('[')
  const end = bracketed ? rest.indexOf(']') : rest.indexOf(':')
  if (bracketed && end < 0) return broken('missing "]"')
  const name = bracketed ? rest.slice(1, end) : rest.slice(0, end < 0 ? undefined : end)
  const after = bracketed ? rest.slice(end + 1) : end < 0 ? '' : rest.slice(end)
  if (after !== '' && !after.startsWith(':')) return broken('garbage after "]"')
  const host = name.replace(/^ipv6:/i, '')
  if (!isValidHostname(host) && readIpAddress(host) === null) {
    return broken('valid hostname or network address required')
  }
  const service = after.slice(1)
  if (service.includes(':')) return broken('garbage after numerical service')
  const port = service === '' ? defaultPort : portNumber(service)
  if (port === null) return { kind: 'broken', problem: `unknown service: ${service}/tcp` }
  const lookup = protocol === 'smtp' && !bracketed ? 'mx' : 'host'
  return { kind: 'inet', lookup, host, port }
}

const services: Readonly<Record<string, number>> = {
  smtp: 25,
  lmtp: 24,
  submission: 587,
  smtps: 465,
  submissions: 465,
}

const portNumber = (text: string): number | null =>
  services[text] ?? (/^\d+$/.test(text) && Number(text) < 65536 ? Number(text) : null)

/** relayhost may name several, one to be tried after the other. */
export const nexthopsIn = (text: string): readonly string[] =>
  text.startsWith('unix:') ? [text] : text.split(/[\s,]+/).filter((one) => one !== '')
