/**
 * `$client_address`, `${sender?from $sender}`: names of the session in texts that main.cf gives for replies. What a
 * client says may not become more than text, so smtpd_expansion_filter tells which characters stay.
 *
 * postconf(5): default_rbl_reply, smtpd_reject_footer, smtpd_expansion_filter.
 */
import { expand, type Expansion } from '#config/expand.ts'
import { named } from '#protocol/named.ts'
import { logDate } from './received.ts'

export type Named = {
  readonly client: {
    readonly name: string
    readonly address: string
    readonly port: number
    readonly reverseName: string
  }
  readonly helo: string | null
  /** Internal form; null before MAIL. */
  readonly sender: string | null
  readonly recipient: string | null
  readonly myhostname: string
  readonly now: number
  readonly expansionFilter: string
}

/** A name that nobody knows is among `undefinedNames`, and stands for nothing. */
export function expandForReply(
  text: string,
  session: Named,
  own: Readonly<Record<string, string>> = {},
): Expansion {
  const allowed = charactersOf(session.expansionFilter)
  const values = sessionValues(session)
  const lookup = (name: string): string | null => {
    const value = own[name] ?? values[name]
    if (value === undefined) return null
    return Array.from(value, (letter) => (allowed.has(letter) ? letter : '_')).join('')
  }
  return expand(text, lookup, 'literal')
}

function sessionValues({ client, helo, sender, recipient, myhostname, now }: Named) {
  const values: Readonly<Record<string, string>> = named({
    client: `${client.name}[${client.address}]`,
    client_address: client.address,
    client_name: client.name,
    client_port: String(client.port),
    reverse_client_name: client.reverseName,
    helo_name: helo ?? '',
    localtime: logDate(now),
    server_name: myhostname,
    ...addressNames('sender', sender),
    ...addressNames('recipient', recipient),
  })
  return values
}

function addressNames(name: string, address: string | null): Readonly<Record<string, string>> {
  const at = address?.lastIndexOf('@') ?? -1
  const whole = address === '' ? '<>' : (address ?? '')
  return {
    [name]: whole,
    [`${name}_name`]: at < 0 ? whole : (address?.slice(0, at) ?? ''),
    [`${name}_domain`]: at < 0 ? '' : (address?.slice(at + 1) ?? ''),
  }
}

/** `\t`, `\40` and `\\` are one character each. */
function charactersOf(filter: string): ReadonlySet<string> {
  const plain = filter.replace(/\\([0-7]{1,3}|.)/g, (_all, what: string) => {
    if (/^[0-7]/.test(what)) return String.fromCharCode(parseInt(what, 8))
    return { t: '\t', n: '\n', r: '\r' }[what] ?? what
  })
  return new Set(plain)
}
