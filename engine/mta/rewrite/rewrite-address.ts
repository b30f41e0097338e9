/**
 * Completes and normalizes an address: `alice` → `alice@example.com`, `host!user` → `user@host`, `user%host` → `user@host`.
 *
 * ADDRESS_REWRITING_README, "Rewrite addresses to standard form"; trivial-rewrite(8).
 */
import type { Settings } from '#config/settings.ts'
import { quoteLocalPart } from '#protocol/message/address-list.ts'
import { joinAddress, splitAddress } from '#tables/address.ts'
import type { RewriteContext } from '../addressing.ts'

export function rewriteAddress(address: string, context: RewriteContext, settings: Settings): string {
  if (address === '' || context === null) return address
  const route = /^@[^:]*:(.+)$/s.exec(address)
  let { localPart, domain } = splitAddress(route?.[1] ?? address)

  if (domain === null && quoteLocalPart(localPart) === localPart) {
    const bang = localPart.indexOf('!')
    const percent = localPart.lastIndexOf('%')
    if (settings.flag('swap_bangpath') && bang >= 0) {
      domain = localPart.slice(0, bang)
      localPart = localPart.slice(bang + 1)
    } else if (settings.flag('allow_percent_hack') && percent >= 0) {
      domain = localPart.slice(percent + 1)
      localPart = localPart.slice(0, percent)
    }
  }
  if (domain === null && settings.flag('append_at_myorigin')) {
    domain = context === 'local' ? settings.text('myorigin') : context.domain
  }
  if (domain !== null && /^[^.[\]]+$/.test(domain) && settings.flag('append_dot_mydomain')) {
    domain = `${domain}.${context === 'local' ? settings.text('mydomain') : context.domain}`
  }
  return joinAddress(localPart, domain === null ? null : withoutFinalDot(domain))
}

/** `example.com.` is `example.com`; two dots are an error that must stay visible. */
export const withoutFinalDot = (domain: string): string =>
  domain.endsWith('.') && !domain.endsWith('..') && domain !== '.' ? domain.slice(0, -1) : domain
