/**
 * Whether an address that would end here has a mailbox: refused at RCPT, a letter to nobody never becomes a bounce.
 *
 * LOCAL_RECIPIENT_README; ADDRESS_CLASS_README; postconf(5) smtpd_reject_unlisted_recipient.
 */
import type { Tried } from '#tables/search.ts'
import { splitAddress } from '#tables/address.ts'
import type { Postfix } from '../postfix.ts'
import { MappingUnavailable } from '../addressing.ts'
import { refuseEmpty, searchAddress } from './find-address.ts'
import type { AddressClass, Resolved } from './resolve.ts'

export type KnownRecipient = { readonly tried: readonly Tried[] } & (
  | { readonly kind: 'known' }
  /** `status`: X.1.1 as for a recipient; the sender's stage has its own. `maps`: the setting that should have had it. */
  | {
      readonly kind: 'unknown'
      readonly code: number
      readonly status: string
      readonly text: string
      readonly maps: string
    }
)

const tablesOf: Readonly<Partial<Record<AddressClass, { maps: string; code: string; table: string }>>> = {
  local: {
    maps: 'local_recipient_maps',
    code: 'unknown_local_recipient_reject_code',
    table: 'local recipient table',
  },
  'virtual-mailbox': {
    maps: 'virtual_mailbox_maps',
    code: 'unknown_virtual_mailbox_reject_code',
    table: 'virtual mailbox table',
  },
  relay: {
    maps: 'relay_recipient_maps',
    code: 'unknown_relay_recipient_reject_code',
    table: 'relay recipient table',
  },
}

/** `as`: a sender is looked for in sender_canonical_maps too. Throws MappingUnavailable. */
export async function isKnownRecipient(
  resolved: Resolved,
  as: 'sender' | 'recipient',
  postfix: Postfix,
): Promise<KnownRecipient> {
  const { settings } = postfix
  const tried: Tried[] = []
  const listed = async (parameter: string) => {
    const searched = await searchAddress(settings.list(parameter), resolved.recipient, postfix)
    tried.push(...searched.tried)
    refuseEmpty(searched, { parameter, daemon: 'smtpd', postfix })
    if (searched.result.kind === 'unavailable') {
      throw new MappingUnavailable(searched.result.table, resolved.recipient)
    }
    return searched.result.kind === 'found'
  }
  // Whatever is rewritten may be known under its other name.
  const rewriting = [
    'recipient_canonical_maps',
    ...(as === 'sender' ? ['sender_canonical_maps'] : []),
    'canonical_maps',
    'virtual_alias_maps',
  ]
  for (const parameter of rewriting) if (await listed(parameter)) return { kind: 'known', tried }

  if (resolved.transport === 'error' || resolved.transport === 'retry') {
    const { status, text } = splitStatus(resolved.nexthop, resolved.transport === 'error' ? '5.1.1' : '4.1.1')
    const code =
      resolved.addressClass === 'virtual-alias'
        ? settings.number('unknown_virtual_alias_reject_code')
        : resolved.transport === 'retry'
          ? 450
          : 550
    return { kind: 'unknown', code, status, text, maps: 'virtual_alias_maps', tried }
  }
  const tables = tablesOf[resolved.addressClass]
  if (!tables || settings.list(tables.maps).length === 0) return { kind: 'known', tried }
  if (resolved.addressClass === 'local' && isReserved(resolved.recipient, postfix))
    return { kind: 'known', tried }
  if (await listed(tables.maps)) return { kind: 'known', tried }
  const where = settings.flag('show_user_unknown_table_name') ? ` in ${tables.table}` : ''
  return {
    kind: 'unknown',
    code: settings.number(tables.code),
    status: as === 'sender' ? '5.1.0' : '5.1.1',
    text: `User unknown${where}`,
    maps: tables.maps,
    tried,
  }
}

/** Postfix's own addresses need no mailbox. */
function isReserved(recipient: string, { settings }: Postfix): boolean {
  const { localPart } = splitAddress(recipient)
  const own = [settings.text('double_bounce_sender'), 'postmaster', 'MAILER-DAEMON']
  return own.some((name) => name.toLowerCase() === localPart.toLowerCase())
}

/** An enhanced status code in front of a text, or the one that holds without. */
export function splitStatus(
  text: string,
  otherwise: string,
): { readonly status: string; readonly text: string } {
  const match = /^([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)(.*)$/s.exec(text.trimStart())
  return match
    ? { status: match[1] ?? otherwise, text: match[2] ?? '' }
    : { status: otherwise, text: text.trimStart() }
}
