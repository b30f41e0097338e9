/** A change to try: how it is told, what is changed, and the trial that tries it. */
import type { FactOf } from '#trace/events.ts'
import type { Change, Flip } from '#trace/flip.ts'
import type { Moment } from '../moments.ts'
import type { Trial } from '../trial.ts'

export type Verdict = FactOf<'restriction.verdict'>

export type Candidate = { readonly flip: Flip; readonly change: Change; readonly trial: Trial }

export const ofClient = (flip: Flip, now: Trial['now'] = {}): Candidate => ({
  flip,
  change: { on: 'client' },
  trial: { now },
})

export const ofLines = (flip: Flip, ...lines: readonly string[]): Candidate => ({
  flip,
  change: { on: 'command', lines },
  trial: { lines },
})

export const ofSetting = (name: string, value: string, flip?: Flip): Candidate => ({
  flip: flip ?? { kind: 'setting', name, value },
  change: { on: 'main.cf', name, value },
  trial: { setting: { name, value } },
})

export const ofRow = (flip: Flip, row: NonNullable<Trial['row']>): Candidate => ({
  flip,
  change: { on: 'table', ...row },
  trial: { row },
})

/** The command of a moment: its verb, and the address in it. */
export type Asked = { readonly line: string; readonly verb: string; readonly address: string | null }

export function askedOf({ asked }: Moment): Asked {
  const line = asked.kind === 'command' ? asked.line.trim() : ''
  const verb = /^[A-Za-z]*/.exec(line)?.[0].toUpperCase() ?? ''
  const bracketed = /<([^>]*)>/.exec(line)?.[1]
  const bare = /^(?:VRFY|MAIL\s+FROM\s*:|RCPT\s+TO\s*:)\s*(\S+)/i.exec(line)?.[1]
  return { line, verb, address: bracketed ?? bare?.replace(/[<>]/g, '') ?? null }
}

/** The same command for another address. */
export const forAddress = ({ verb }: Asked, address: string): string =>
  verb === 'RCPT' ? `RCPT TO:<${address}>` : verb === 'MAIL' ? `MAIL FROM:<${address}>` : `${verb} ${address}`

/** The last verdict that decided anything. */
export const decisive = (verdicts: readonly Verdict[]): Verdict | undefined =>
  verdicts.findLast(({ verdict }) => verdict !== 'dunno' && verdict !== 'warn')

export const joined = (list: string, item: string): string => (list === '' ? item : `${list}, ${item}`)

/** As an operator would write it: an item is parted from its argument by a space. */
export const listText = (items: readonly string[]): string =>
  items.reduce((text, item, i) => {
    const isArgument = /[:=]/.test(item) || items[i - 1]?.toLowerCase() === 'warn_if_reject'
    return text === '' ? item : text + (isArgument ? ' ' : ', ') + item
  }, '')

export const domainIn = (address: string | null): string | null => {
  const at = address?.lastIndexOf('@') ?? -1
  return address === null || at < 0 ? null : address.slice(at + 1)
}

/** A domain of this server, for examples. */
export function ownDomain({ parts }: Moment): string {
  const settings = parts.settings.all
  const names = settings.list('mydestination').filter((name) => /^[\w-]+(?:\.[\w-]+)+$/.test(name))
  // People write to the domain rather than to its server.
  const [domain] = names.filter(
    (name) => name !== settings.text('myhostname') && !name.startsWith('localhost'),
  )
  return domain ?? names[0] ?? settings.text('mydomain')
}

/** The item of a list that decided, taken out, or with warn_if_reject before it. */
export function withoutItem({ parts }: Moment, verdict: Verdict | undefined): readonly Candidate[] {
  if (verdict === undefined) return []
  const { list, index, argument } = verdict
  const items = parts.settings.all.list(list)
  const item = items[index]
  if (item === undefined) return []
  const takes = argument !== undefined && items[index + 1] === argument ? 2 : 1
  const shown = items.slice(index, index + takes).join(' ')
  const rest = [...items.slice(0, index), ...items.slice(index + takes)]
  const without = ofSetting(list, listText(rest), { kind: 'without-item', list, item: shown })
  if (verdict.verdict === 'permit') return [without]
  const warned = [...items.slice(0, index), 'warn_if_reject', ...items.slice(index)]
  return [without, ofSetting(list, listText(warned), { kind: 'warns-only', list, item: shown })]
}

/** The row of an access table that decided. */
export function rowOf(verdict: Verdict | undefined): { readonly table: string; readonly key: string } | null {
  if (verdict === undefined || !/^check_/i.test(verdict.name)) return null
  return verdict.lookups.findLast(({ outcome }) => outcome === 'found') ?? null
}
