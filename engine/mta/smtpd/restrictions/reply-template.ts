/**
 * `$rbl_domain`, `${rbl_reason?; $rbl_reason}`, `$client_address`: names of the session in a reply's text.
 *
 * postconf(5): default_rbl_reply, rbl_reply_maps.
 */
import type { Facts } from './facts.ts'
import { named } from '#protocol/named.ts'

export function fillReply(
  template: string,
  facts: Facts,
  own: Readonly<Record<string, string>>,
  depth = 0,
): string {
  // A template that names itself must end somewhere.
  if (depth > 8) return ''
  const allowed = charactersOf(facts.settings.text('smtpd_expansion_filter'))
  const value = (name: string): string =>
    Array.from(own[name] ?? sessionValue(name, facts) ?? '', (letter) =>
      allowed.has(letter) ? letter : '_',
    ).join('')
  let out = ''
  for (let i = 0; i < template.length; i++) {
    if (template[i] !== '$') {
      out += template[i] ?? ''
      continue
    }
    const braced = template[i + 1] === '{' ? closing(template, i + 1) : -1
    if (braced > 0) {
      const parts = /^(\w+)(?:([?:])(.*))?$/s.exec(template.slice(i + 2, braced))
      if (parts) {
        const said = value(parts[1] ?? '')
        if (parts[2] === undefined) out += said
        else if ((parts[2] === '?') === (said !== '')) out += fillReply(parts[3] ?? '', facts, own, depth + 1)
      }
      i = braced
      continue
    }
    const name = /^\w+/.exec(template.slice(i + 1, i + 65))?.[0]
    if (name === undefined) {
      out += '$'
      if (template[i + 1] === '$') i++
      continue
    }
    out += value(name)
    i += name.length
  }
  return out
}

/** smtpd_expansion_filter: what a client says may not become more than text. `\t`, `\40` and `\\` are one character each. */
function charactersOf(filter: string): ReadonlySet<string> {
  const plain = filter.replace(/\\([0-7]{1,3}|.)/g, (_all, what: string) => {
    if (/^[0-7]/.test(what)) return String.fromCharCode(parseInt(what, 8))
    return { t: '\t', n: '\n', r: '\r' }[what] ?? what
  })
  return new Set(plain)
}

function closing(text: string, open: number): number {
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return i
  }
  return -1
}

function sessionValue(name: string, facts: Facts): string | undefined {
  const { client, settings } = facts
  const domain = (address: string | null) =>
    address?.includes('@') ? address.slice(address.lastIndexOf('@') + 1) : ''
  const local = (address: string | null) =>
    address?.includes('@') ? address.slice(0, address.lastIndexOf('@')) : (address ?? '')
  const values: Readonly<Record<string, string | undefined>> = named({
    client: facts.clientText,
    client_address: client.address,
    client_name: client.name,
    client_port: String(client.port),
    reverse_client_name: client.reverseName,
    helo_name: facts.helo ?? '',
    sender: facts.sender === '' ? '<>' : (facts.sender ?? ''),
    sender_name: local(facts.sender),
    sender_domain: domain(facts.sender),
    recipient: facts.recipient ?? '',
    recipient_name: local(facts.recipient),
    recipient_domain: domain(facts.recipient),
    server_name: settings.text('myhostname'),
    sasl_username: facts.sasl?.username ?? '',
    sasl_method: facts.sasl?.method ?? '',
  })
  return values[name] ?? (settings.text(name) || undefined)
}
