/**
 * How much one user may keep: `quota = maildir:User quota`, `quota_rule = *:storage=10M:messages=500`, more rules for
 * single folders, and the grace for the last letter that does not quite fit.
 *
 * Dovecot 2.3, "Quota", "Quota configuration".
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { readDovecotSize } from '#config/dovecot-values.ts'
import type { MailStore } from './mail-store.ts'

export type QuotaRoot = {
  readonly driver: string
  readonly name: string
  readonly enforced: 'yes' | 'no'
  readonly rules: readonly QuotaRule[]
}

type QuotaRule = {
  /** `*`, a folder, or a mask of folders. */
  readonly folder: string
  readonly ignored: boolean
  readonly bytes: Limit | null
  readonly messages: Limit | null
}

/** 0: none. `more`: on top of the rule for all. */
type Limit = { readonly how: 'limit' | 'more' | 'percent'; readonly value: number }

export type QuotaLimits = { readonly bytes: number; readonly messages: number }
export type QuotaUsage = { readonly bytes: number; readonly messages: number }

export function quotaRoots(settings: DovecotSettings): readonly QuotaRoot[] {
  if (!settings.list('mail_plugins').includes('quota')) return []
  const roots: QuotaRoot[] = []
  for (let i = 1; i < 100; i++) {
    const key = i === 1 ? 'quota' : `quota${i}`
    const written = settings.plugin(key)
    if (written === null) break
    const [driver = '', name = '', ...options] = written.split(':')
    const enforced = options.includes('noenforcing') ? 'no' : 'yes'
    roots.push({ driver, name, enforced, rules: rulesOf(settings, key) })
  }
  return roots
}

function rulesOf(settings: DovecotSettings, key: string): readonly QuotaRule[] {
  const rules: QuotaRule[] = []
  for (let i = 1; i < 100; i++) {
    const written = settings.plugin(i === 1 ? `${key}_rule` : `${key}_rule${i}`)
    if (written === null) {
      if (i > 1) break
      continue
    }
    const [folder = '', ...limits] = written.split(':')
    const limit = (name: string) =>
      limits.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
    const storage = limit('storage')
    const bytes = storage === null ? limit('bytes') : withUnit(storage)
    rules.push({
      folder,
      ignored: limits.includes('ignore'),
      bytes: bytes === null ? null : readLimit(bytes),
      messages: readLimit(limit('messages') ?? '') ?? null,
    })
  }
  return rules
}

/** Storage without a unit counts kilobytes. */
const withUnit = (text: string): string => (/\d$/.test(text) ? `${text}k` : text)

function readLimit(text: string): Limit | null {
  const [, more = '', amount = '', percent = ''] = /^([+-]?)(\d+[a-z]*)(%?)$/i.exec(text) ?? []
  if (amount === '') return null
  const read = readDovecotSize(amount)
  const value = read.ok ? read.value : 0
  if (percent !== '') return { how: 'percent', value: more === '' ? value : 100 + Number(`${more}${value}`) }
  return more === '' ? { how: 'limit', value } : { how: 'more', value: Number(`${more}${value}`) }
}

/** For what goes into a folder; 0: no limit. Null: nothing is counted there. */
export function limitsFor(root: QuotaRoot, folder: string): QuotaLimits | null {
  const special = root.rules.find((one) => !isGeneral(one) && fits(one.folder, folder))
  const own = special === undefined ? null : merged(root.rules.filter((one) => one.folder === special.folder))
  const general = merged(root.rules.filter(isGeneral))
  if ((own ?? general)?.ignored) return null
  return {
    bytes: combined(general?.bytes ?? null, own?.bytes ?? null),
    messages: combined(general?.messages ?? null, own?.messages ?? null),
  }
}

const isGeneral = ({ folder }: QuotaRule): boolean => folder === '*' || folder === '?'

/** Rules of one mask add to each other; what is said twice, the later counts. */
const merged = (rules: readonly QuotaRule[]): QuotaRule | null =>
  rules.reduce<QuotaRule | null>(
    (whole, rule) =>
      whole === null
        ? rule
        : {
            folder: rule.folder,
            ignored: whole.ignored || rule.ignored,
            bytes: rule.bytes ?? whole.bytes,
            messages: rule.messages ?? whole.messages,
          },
    null,
  )

const fits = (mask: string, folder: string): boolean =>
  mask === folder ||
  (mask.includes('*') &&
    new RegExp(`^${mask.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`).test(folder))

function combined(general: Limit | null, own: Limit | null): number {
  const base = general?.how === 'limit' ? general.value : 0
  if (own === null) return base
  if (own.how === 'limit') return own.value
  return own.how === 'more' ? base + own.value : Math.floor((base * own.value) / 100)
}

/** What is kept, folders that are not counted left out. Makes nothing, and gives no UIDs where files can be counted. */
export async function quotaUsage(store: MailStore, root: QuotaRoot): Promise<QuotaUsage> {
  const counted = (folder: string) => limitsFor(root, folder) !== null
  const files = await store.usage?.(counted)
  // The other drivers read the indexes, and so give UIDs; but they make no folder.
  if (files && (root.driver === 'maildir' || files.messages === 0)) return files
  let bytes = 0
  let messages = 0
  for (const folder of await store.folders()) {
    if (!folder.selectable || !counted(folder.name)) continue
    const status = await store.status(folder.name)
    bytes += status.size
    messages += status.messages
  }
  return { bytes, messages }
}

export type QuotaQuestion = {
  readonly folder: string
  /** Of what comes; null: is it full already? */
  readonly size: number | null
  /** A delivery may overstep a little; a client that saves may not. */
  readonly grace: 'grace' | 'none'
}

/** Why something may not be kept; null: it may. */
export async function quotaRefusal(
  store: MailStore,
  settings: DovecotSettings,
  { folder, size, grace }: QuotaQuestion,
): Promise<{ readonly full: 'full' | 'too-large'; readonly text: string } | null> {
  for (const root of quotaRoots(settings)) {
    // What a file system counts is not known here.
    const limits = root.enforced === 'no' || root.driver === 'fs' ? null : limitsFor(root, folder)
    if (limits === null || (limits.bytes === 0 && limits.messages === 0)) continue
    const used = await quotaUsage(store, root)
    const extra = grace === 'grace' && size !== null ? graceOf(settings, limits.bytes) : 0
    const over =
      exceeds(limits.bytes, used.bytes, size ?? 1, extra) || exceeds(limits.messages, used.messages, 1, 0)
    const text = settings.plugin('quota_exceeded_message') ?? 'Quota exceeded (mailbox for user is full)'
    if (over) return { full: 'full', text }
  }
  const largest = settings.plugin('quota_max_mail_size')
  const limit = largest === null ? null : readDovecotSize(largest)
  if (quotaRoots(settings).length > 0 && limit?.ok && limit.value > 0 && size !== null && size > limit.value)
    return {
      full: 'too-large',
      text: 'Mail size is larger than the maximum size allowed by server configuration',
    }
  return null
}

/** Who is not over the limit yet may overstep it once by `grace`. */
const exceeds = (limit: number, used: number, more: number, grace: number): boolean =>
  limit > 0 && (used >= limit || used + more > limit + grace)

/** quota_grace: a size, or a percentage of the limit. */
function graceOf(settings: DovecotSettings, limit: number): number {
  const written = (settings.plugin('quota_grace') ?? '10%').replace(/%%$/, '%')
  if (/^\d+%$/.test(written)) return Math.floor((limit * Number.parseInt(written, 10)) / 100)
  const size = readDovecotSize(written)
  return size.ok ? size.value : 0
}
