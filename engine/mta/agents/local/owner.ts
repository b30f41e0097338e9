/**
 * Who answers for a list: `owner-list`. What a member cannot get comes back to the owner, not to whoever wrote.
 *
 * aliases(5), "OWNER ALIASES"; postconf(5): owner_request_special, expand_owner_alias.
 */
import { splitAddress } from '#tables/address.ts'
import type { DeliveryResult } from '../../handover.ts'
import { report, type LocalRun, type Place } from './delivery.ts'

/** `owner-list` of a list; a list's owner and -request addresses have no owner themselves. */
export async function ownerOf(run: LocalRun, name: string): Promise<string | null> {
  const { settings, input } = run
  if (!settings.ownerRequestSpecial) return null
  if (name.startsWith('owner-') || name.endsWith('-request')) return null
  const value = await input.lookup(settings.aliasMaps, `owner-${name}`)
  if (value === null) return null
  return input.addressing().rewrite(settings.expandOwnerAlias ? value : `owner-${name}`, 'local')
}

/** The failure of a command, a file or an :include: of a list with an owner is told at once, and to the owner. */
export async function reportFailure(run: LocalRun, place: Place, result: DeliveryResult): Promise<void> {
  const owner =
    result.outcome === 'bounced' && !run.settings.softBounce ? await ownerOfRecipient(run, place) : null
  if (owner === null) {
    report(run, result)
    return
  }
  const recipient = { ...result.recipient, notify: [], orcpt: null }
  await run.input.tell(run.request.queueFile, { ...result, recipient, relay: run.request.transport }, owner)
  report(run, { ...result, told: true })
}

async function ownerOfRecipient(run: LocalRun, { recipient, user }: Place): Promise<string | null> {
  const { localPart } = splitAddress(recipient.address)
  return (await ownerOf(run, localPart.toLowerCase())) ?? ownerOf(run, user)
}
