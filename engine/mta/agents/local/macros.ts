/**
 * `$name` in the settings of local delivery: `forward_path`, `luser_relay`, `command_execution_directory`.
 *
 * local(8); mac_expand(3) has the forms `${name?text}`, `${name:text}` and `${name?{text}:{text}}`.
 */
import { quoteAddress } from '#protocol/message/address-list.ts'
import { named } from '#protocol/named.ts'
import type { LocalRun, Place } from './delivery.ts'

export type Values = Readonly<Record<string, string>>

/** What the names stand for. Whom nobody here is has no home and no shell. */
export function valuesOf({ settings }: Pick<LocalRun, 'settings'>, place: Place): Values {
  const { account, recipient, user, extension, domain, local } = place
  return named({
    home: account?.home ?? '',
    user,
    extension: extension ?? '',
    domain,
    local,
    mailbox: local,
    recipient: quoteAddress(recipient.address),
    recipient_delimiter: settings.recipientDelimiter.charAt(0),
    shell: account === null ? '' : '/bin/sh',
  })
}

/** `allowed`: the characters that a value may have; any other becomes `_`. */
export function substituted(pattern: string, values: Values, allowed?: string): string {
  const value = (name: string): string => {
    const text = values[name] ?? ''
    return allowed === undefined ? text : censored(text, allowed)
  }
  const inner = (text: string) => substituted(text, values, allowed)
  return pattern.replace(
    /\$(?:\{(\w+)([?:])(?:\{([^{}]*)\}(?::\{([^{}]*)\})?|([^{}]*(?:\$\{\w+\}[^{}]*)*))\}|\{(\w+)\}|\((\w+)\)|(\w+))/g,
    (_, name?: string, test?: string, yes?: string, no?: string, text?: string, ...rest: unknown[]) => {
      const [braced, round, bare] = rest as (string | undefined)[]
      if (name === undefined) return value(braced ?? round ?? bare ?? '')
      const chosen = (value(name) !== '') === (test === '?') ? (yes ?? text) : no
      return inner(chosen ?? '')
    },
  )
}

/** `_` for each character that is not among those allowed: what a sender chose means nothing to a shell. */
export const censored = (text: string, allowed: string): string =>
  Array.from(text, (character) => (allowed.includes(character) ? character : '_')).join('')
