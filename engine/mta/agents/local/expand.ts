/**
 * From a local address to where its mail goes: aliases first, then the user's .forward, then the mailbox. Each alias
 * may lead to others; loops are found and lists deliver to everyone once.
 *
 * local(8), aliases(5).
 */
import type { SystemUser } from '#engine/machine.ts'
import { quoteAddress, unquoteAddress } from '#protocol/message/address-list.ts'
import { MappingUnavailable } from '../../addressing.ts'
import type { Recipient } from '../../handover.ts'
import { bounced, deferred, delivered, sent } from '../results.ts'
import { firstTime, report, warn, type LocalRun, type Place, type Unmatched } from './delivery.ts'
import { deliverCommand, deliverFile, deliverMailbox, passTo } from './mailbox.ts'
import { substituted, valuesOf } from './macros.ts'
import { ownerOf, reportFailure } from './owner.ts'
import { readTargetFile, readTargets, type Target } from './targets.ts'

/** Each step of Postfix's own recursion counts as four levels, of which it allows a hundred. */
const deepest = 25

export type Arrival = Pick<Place, 'recipient' | 'sender' | 'owner' | 'from' | 'by' | 'level'>

/** Delivers to one local address. */
export async function deliverRecipient(run: LocalRun, arrival: Arrival): Promise<void> {
  const { recipient } = arrival
  const { settings } = run
  if (run.visited.has(recipient.address.toLowerCase())) {
    const text = `mail forwarding loop for ${quoteAddress(recipient.address)}`
    report(run, bounced(recipient, '5.4.6', text, { relay: 'local' }))
    return
  }
  const place = await placeOf(run, arrival)
  if (place.user === '' && recipient.address !== '') {
    const text = `null username in "${quoteAddress(recipient.address)}"`
    report(run, bounced(recipient, '5.1.3', text, { relay: 'local' }))
    return
  }
  if (place.user.startsWith('\\')) return deliverToUserAlone(run, place)
  if (await deliverAlias(run, { ...place, unmatched: null }, place.local)) return
  if (place.extension !== null) {
    const kept = run.settings.propagates.includes('alias') ? place.unmatched : null
    if (await deliverAlias(run, { ...place, unmatched: kept }, place.user)) return
  }
  // Mail that a .forward or an owned list sends to another local user becomes a message of its own.
  if (place.owner !== null && place.owner.toLowerCase() !== place.user) return deliverIndirect(run, place)
  if (place.by === 'include') return deliverIndirect(run, place)

  if (settings.requiresHome && place.account && !(await hasHome(run, place.account))) {
    const text = `cannot access home directory ${place.account.home}: No such file or directory`
    report(run, deferred(recipient, '4.3.0', text, { relay: 'local' }))
    return
  }
  if (await deliverForward(run, place)) return
  if (!(await deliverMailbox(run, place))) await deliverUnknown(run, place)
}

/** A person's home is there, whether mail has come to it or not. */
const hasHome = async ({ input }: LocalRun, { uid, home }: SystemUser): Promise<boolean> =>
  uid === 0 || (uid >= 1000 && uid < 65_534) || (await input.machine.disk.stat(home))?.kind === 'folder'

/** `\alice`: no alias and no .forward is asked. */
async function deliverToUserAlone(run: LocalRun, place: Place): Promise<void> {
  const bare = {
    ...place,
    recipient: { ...place.recipient, address: place.recipient.address.slice(1) },
    local: place.local.slice(1),
    user: place.user.slice(1),
  }
  const alone = { ...bare, account: await run.input.machine.user(bare.user) }
  if (!(await deliverMailbox(run, alone))) await deliverUnknown(run, alone)
}

async function placeOf(run: LocalRun, arrival: Arrival): Promise<Place> {
  const { address } = arrival.recipient
  const at = address.lastIndexOf('@')
  const local = (at < 0 ? address : address.slice(0, at)).toLowerCase()
  const { user, extension } = run.input.addressing().splitExtension(local)
  const unmatched = extension === null ? null : { extension, delimiter: local.charAt(user.length) }
  return {
    ...arrival,
    local,
    user,
    extension,
    unmatched,
    domain: at < 0 ? '' : address.slice(at + 1),
    account: await run.input.machine.user(user),
  }
}

/** False when no alias has this name. */
async function deliverAlias(run: LocalRun, place: Place, name: string): Promise<boolean> {
  const { settings, input } = run
  if (place.from?.toLowerCase() === name) return false
  if (place.level >= deepest) {
    const text = `alias database loop for ${name}`
    warn(run, text)
    report(run, bounced(place.recipient, '5.4.6', text, { relay: 'local' }))
    return true
  }
  const value = await input.lookup(settings.aliasMaps, name)
  if (value === null) return false
  const owner = await ownerOf(run, name)
  const targets = readTargets(value)
  const members = { ...place, recipient: withoutSuccess(place.recipient), from: name, by: 'alias' } as const
  await deliverTargets(run, owned(members, owner), targets)
  if (targets.length === 0) {
    warn(run, `no recipient in alias lookup result for ${name}`)
    report(run, deferred(place.recipient, '4.3.0', 'alias database unavailable', { relay: 'local' }))
  }
  expanded(run, place, owner === null ? 'expanded' : 'delivered')
  return true
}

/** A list with an owner sends in the owner's name, and keeps nothing of how the letter came. */
function owned(place: Place, owner: string | null): Place {
  if (owner === null) return place
  return {
    ...place,
    owner,
    sender: owner,
    recipient: { ...place.recipient, original: '', orcpt: null, notify: [] },
  }
}

/** False when the user has no .forward, or an empty one. */
async function deliverForward(run: LocalRun, place: Place): Promise<boolean> {
  const { account, user } = place
  if (!account || place.owner?.toLowerCase() === user) return false
  for (const { path, matched } of forwardFiles(run, place)) {
    const text = await readable(run, path)
    if (text === null) continue
    const targets = readTargetFile(text)
    if (targets.length === 0) return false
    const unmatched = matched || !run.settings.propagates.includes('forward') ? null : place.unmatched
    const recipient = withoutSuccess(place.recipient)
    const members = { ...place, recipient, from: user, by: 'forward', owner: user, unmatched } as const
    await deliverTargets(run, members, targets)
    expanded(run, place, 'expanded')
    return true
  }
  return false
}

function forwardFiles(run: LocalRun, place: Place): readonly { path: string; matched: boolean }[] {
  const { extension } = place
  const values = valuesOf(run, place)
  return run.settings.forwardPath.flatMap((pattern) => {
    const needs = pattern.includes('extension') && !pattern.includes('?')
    if (needs && extension === null) return []
    return [
      {
        path: substituted(pattern, values, run.settings.forwardFilter),
        matched: pattern.includes('extension'),
      },
    ]
  })
}

async function deliverTargets(run: LocalRun, place: Place, targets: readonly Target[]): Promise<void> {
  for (const target of targets) {
    switch (target.kind) {
      case 'command':
        await deliverCommand(run, place, target.command)
        break
      case 'file':
        await deliverFile(run, place, target.path)
        break
      case 'include':
        await deliverInclude(run, place, target.path)
        break
      case 'home file':
        if (place.account) await deliverFile(run, place, place.account.home + target.path)
        else await deliverAddress(run, place, `~${target.path}`)
        break
      case 'address':
        await deliverAddress(run, place, target.address)
        break
      default:
        target satisfies never
    }
  }
}

async function deliverInclude(run: LocalRun, place: Place, path: string): Promise<void> {
  if (!firstTime(run, 'include', path)) return
  if (!path.startsWith('/')) {
    warn(run, `:include:${path} uses a relative path`)
    await reportFailure(run, place, misconfigured(place.recipient))
    return
  }
  const text = await readable(run, path)
  if (text === null) {
    warn(run, `unable to lookup :include: file ${path}: No such file or directory`)
    await reportFailure(run, place, misconfigured(place.recipient))
    return
  }
  const by = place.by === 'forward' ? 'forward' : 'include'
  await deliverTargets(run, { ...place, by }, readTargetFile(text))
}

const misconfigured = (recipient: Recipient) =>
  bounced(recipient, '5.3.5', 'mail system configuration error', { relay: 'local' })

async function deliverAddress(run: LocalRun, place: Place, address: string): Promise<void> {
  const { addressing, machine } = run.input
  const completed = addressing().rewrite(address, 'local')
  const whole = place.unmatched === null ? completed : withExtension(completed, place.unmatched)
  const level = place.level + 1
  // Once a level: a list that names someone twice asks once, an alias that leads back to itself is found out.
  if (!firstTime(run, 'recipient', String(level), whole)) return
  // Nothing at all is nobody here: only luser_relay can come to that.
  if (whole === '')
    return deliverRecipient(run, { ...place, recipient: { ...place.recipient, address: '' }, level })
  const resolved = await addressing().resolve(whole, place.sender)
  if (resolved.kind === 'unavailable') {
    report(run, deferred(place.recipient, '4.3.0', 'address resolver failure', { relay: 'local' }))
    return
  }
  if (resolved.kind === 'malformed') {
    const text = `bad recipient address syntax: ${resolved.recipient}`
    report(run, bounced(place.recipient, '5.1.3', text, { relay: 'local' }))
    return
  }
  const recipient: Recipient = { ...place.recipient, address: resolved.recipient }
  const next: Arrival = { ...place, recipient, level }
  machine.emit({
    type: 'qmgr.routed',
    queueId: run.request.queueFile.queueId,
    recipient: quoteAddress(resolved.recipient),
    addressClass: resolved.addressClass,
    transport: resolved.transport,
    nexthop: resolved.nexthop,
    why: place.by === 'forward' ? '.forward' : 'alias_maps',
  })
  if (resolved.transport === run.request.transport) await deliverRecipient(run, next)
  else await deliverIndirect(run, await placeOf(run, next))
}

function withExtension(address: string, { extension, delimiter }: Unmatched): string {
  const at = address.lastIndexOf('@')
  const local = at < 0 ? address : address.slice(0, at)
  return `${local}${delimiter}${extension}${at < 0 ? '' : address.slice(at)}`
}

/** The address gets a message of its own, sent when everything else of the request is done. */
async function deliverIndirect(run: LocalRun, place: Place): Promise<void> {
  if (!firstTime(run, 'indirect', place.recipient.address)) return
  const key = place.sender
  const forward = run.forwards.get(key) ?? { sender: place.sender, recipients: [] }
  // A list with an owner starts anew: the members are original recipients.
  const { original, address } = place.recipient
  forward.recipients.push({ ...place.recipient, original: original === '' ? address : original })
  run.forwards.set(key, forward)
}

async function deliverUnknown(run: LocalRun, place: Place): Promise<void> {
  const { settings, input } = run
  if (!firstTime(run, 'unknown', place.local)) return
  const unknown = () =>
    report(run, bounced(place.recipient, '5.1.1', `unknown user: "${place.user}"`, { relay: 'local' }))
  const transport =
    (await input.lookup(settings.fallbackTransportMaps, place.user)) ?? settings.fallbackTransport
  if (transport !== '') {
    await passTo(run, place, transport)
    return
  }
  if (settings.luserRelay !== '') {
    const value = substituted(settings.luserRelay, valuesOf(run, place))
    const completed = input.addressing().rewrite(unquoteAddress(value.trim().replace(/\s+/g, ' ')), 'local')
    // It is compared as it would be written in a header: an address in quotes is never the same.
    if (quoteAddress(completed) === place.recipient.address && completed !== '') unknown()
    else await deliverAddress(run, { ...place, unmatched: null }, completed)
    return
  }
  if (place.user === 'postmaster' || place.user === 'mailer-daemon') {
    warn(run, `required alias not found: ${place.user}`)
    report(run, delivered(place.recipient, 'discarded', { relay: 'local' }))
    return
  }
  unknown()
}

/** Who asked for success is told that the address became others, and hears no more from them. RFC 3461 §5.2.7. */
function expanded(run: LocalRun, place: Place, outcome: 'expanded' | 'delivered'): void {
  const { recipient } = place
  if (!recipient.notify.includes('success')) return
  report(run, { ...sent(recipient, 'alias expanded', { relay: 'local' }), outcome, silent: true })
}

function withoutSuccess(recipient: Recipient): Recipient {
  const notify = recipient.notify.filter((when) => when !== 'success')
  return { ...recipient, notify: notify.length === 0 && recipient.notify.length > 0 ? ['never'] : notify }
}

async function readable(run: LocalRun, path: string): Promise<string | null> {
  const { disk } = run.input.machine
  const stat = await disk.stat(path)
  return stat?.kind === 'file' ? disk.readText(path) : null
}

/** A table that cannot be asked puts the mail off. */
export function tableProblem(run: LocalRun, recipient: Recipient, error: unknown): void {
  if (!(error instanceof MappingUnavailable)) throw error
  warn(run, error.message)
  report(run, deferred(recipient, '4.3.0', 'alias database unavailable', { relay: 'local' }))
}
