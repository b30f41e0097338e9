/**
 * Puts together what main.cf, the `-o` of a service, the table of defaults and the machine say, and answers for one
 * service. Expanded values are kept: a daemon may ask on every command.
 *
 * postconf(5). Next: whichever daemon asks.
 */
import { expand } from '#config/expand.ts'
import {
  defaultDomain,
  defaultHostname,
  defaultNetworks,
  type MachineFacts,
} from '#config/machine-default.ts'
import type { MainCf } from '#config/main-cf.ts'
import { parameter, unexpanded } from '#config/parameters.ts'
import { serviceParameterDefault } from '#config/service-parameters.ts'
import { MacroSettingError, SettingError, type Settings } from '#config/settings.ts'
import { readFlag, readNumber, readTime, splitList, type Reading } from '#config/values.ts'

export type SettingsSources = {
  /** Null: every parameter has its default. */
  readonly mainCf: MainCf | null
  readonly machine: MachineFacts
  /** `-o name=value`, in order: the later counts. */
  readonly overrides?: readonly (readonly [name: string, value: string])[]
  /** `/etc/postfix`, or what `-c` and MAIL_CONFIG say. */
  readonly configDirectory?: string
  /** `$process_name` and `$service_name`: smtpd, submission. */
  readonly process?: { readonly name: string; readonly service: string; readonly id?: number }
}

/** The value of a parameter before expansion, and whether anyone gave it. */
export type RawValues = {
  /** Null for a name that is neither set nor known. */
  readonly raw: (name: string) => string | null
  /** As postconf -d: the same, as if main.cf and `-o` were empty, except for the machine's own. */
  readonly fallback: (name: string) => string | null
}

/** Throws SettingError when the machine cannot give a default: an unknown interface, for one. */
export function rawValues(sources: SettingsSources): RawValues {
  const { mainCf, machine, process } = sources
  const overrides = new Map(sources.overrides ?? [])
  const fixed = new Map<string, string>([
    ['config_directory', sources.configDirectory ?? '/etc/postfix'],
    ['process_name', process?.name ?? 'postfix'],
    ['service_name', process?.service ?? ''],
    ['process_id', String(process?.id ?? 1)],
  ])

  const given = (name: string): string | null =>
    overrides.get(name) ?? mainCf?.values.get(name)?.value ?? null
  const expanded = (name: string): string => expandOrThrow(raw(name) ?? '', raw)

  function machineDefault(name: string): string | null {
    switch (name) {
      case 'myhostname':
        return defaultHostname(machine, given('mydomain'))
      case 'mydomain':
        return defaultDomain(expanded('myhostname'))
      case 'mynetworks': {
        const networks = defaultNetworks(machine, {
          myhostname: expanded('myhostname'),
          style: expanded('mynetworks_style'),
          inetInterfaces: expanded('inet_interfaces'),
          inetProtocols: expanded('inet_protocols'),
        })
        if (!networks.ok) throw new SettingError(networks.message)
        return networks.value
      }
      default:
        return null
    }
  }

  const fallback = (name: string): string | null =>
    machineDefault(name) ?? fixed.get(name) ?? parameter(name)?.default ?? serviceParameterDefault(name)
  const raw = (name: string): string | null => given(name) ?? fallback(name)
  return { raw, fallback }
}

export function createSettings(sources: SettingsSources): Settings {
  const { raw } = rawValues(sources)
  const texts = new Map<string, string>()
  const readings = new Map<string, unknown>()
  const overridden = new Set(sources.overrides?.map(([name]) => name))

  const text = (name: string): string =>
    remember(texts, name, () => {
      const value = raw(name) ?? ''
      return unexpanded.has(name) ? value : expandOrThrow(value, raw)
    })
  /** One parameter is read as one type: its name alone is the key. */
  const read = <T>(name: string, reader: (text: string) => T): T =>
    remember(readings, name, () => reader(text(name))) as T

  return {
    text,
    list: (name) => read(name, splitList),
    flag: (name) => read(name, (value) => valueOrThrow(readFlag(name, value))),
    number: (name) => read(name, (value) => valueOrThrow(readNumber(name, value))),
    time: (name) => read(name, (value) => valueOrThrow(readTime(name, value, unitOf(name)))),
    isSet: (name) => overridden.has(name) || sources.mainCf?.values.has(name) === true,
    expand: (value) => expandOrThrow(value, raw),
    where(name) {
      const entry = overridden.has(name) ? undefined : sources.mainCf?.values.get(name)
      return entry && sources.mainCf ? { file: sources.mainCf.file, line: entry.nameAt.line } : null
    },
  }
}

function remember<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const known = kept.get(key)
  if (known !== undefined) return known
  const made = make()
  kept.set(key, made)
  return made
}

function unitOf(name: string): 's' | 'm' | 'h' | 'd' | 'w' {
  const type = parameter(name)?.type
  return type?.kind === 'time' ? type.unit : 's'
}

function valueOrThrow<T>(reading: Reading<T>): T {
  if (!reading.ok) throw new SettingError(reading.message)
  return reading.value
}

function expandOrThrow(value: string, lookup: (name: string) => string | null): string {
  const expansion = expand(value, lookup)
  if (expansion.ok) return expansion.value
  const { message } = expansion
  throw message.startsWith('malformed') ? new SettingError(message) : new MacroSettingError(message)
}
