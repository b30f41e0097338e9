/**
 * /etc/sasldb2: the passwords that Cyrus SASL keeps in clear, because CRAM-MD5 and its kin need them. The real one is
 * a Berkeley DB; ours is text, a line an account: `alice@mail.example.com:userPassword:wonderland`. A line without a
 * realm stands for every realm of the host.
 *
 * sasldblistusers2(8), saslpasswd2(8).
 */
export const sasldbPath = '/etc/sasldb2'

export type SasldbEntry = { readonly user: string; readonly realm: string | null; readonly password: string }

export function parseSasldb(text: string): readonly SasldbEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([^@:]+)(?:@([^:]*))?:userPassword:(.*)$/.exec(line)
    if (match === null) return []
    const [, user = '', realm, password = ''] = match
    return [{ user, realm: realm ?? null, password }]
  })
}

export const writeSasldb = (entries: readonly SasldbEntry[]): string =>
  entries
    .map(
      ({ user, realm, password }) => `${user}${realm === null ? '' : `@${realm}`}:userPassword:${password}\n`,
    )
    .join('')
