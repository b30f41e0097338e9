/**
 * XCLIENT: a proxy that is trusted says from where its own client came. Not of any standard; Dovecot's proxies use it.
 *
 * Dovecot 2.3, login_trusted_networks.
 */
import type { Pop3Grammar } from '../grammar.ts'

export type Xclient = {
  readonly verb: 'XCLIENT'
  /** Names in capitals. */
  readonly attributes: ReadonlyMap<string, string>
}

export const xclient: Pop3Grammar<Xclient> = {
  verb: 'XCLIENT',
  syntax: 'XCLIENT [ADDR=address] [PORT=port]',
  rfc: 'Dovecot',
  parse(args) {
    const attributes = new Map<string, string>()
    for (const word of args.split(' ')) {
      const equals = word.indexOf('=')
      if (equals > 0) attributes.set(word.slice(0, equals).toUpperCase(), word.slice(equals + 1))
    }
    return { ok: true, command: { verb: 'XCLIENT', attributes } }
  },
}
