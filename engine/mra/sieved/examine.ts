/** Whether a script is sound, and whether there is room for it. Pigeonhole 0.5: sieve_quota_max_scripts, sieve_quota_max_storage. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { ScriptFolder } from '#mailbox/scripts/folder.ts'
import { enabledExtensions, scriptLimit, vacationLimits } from '#mailbox/scripts/options.ts'
import { posixRegex } from '#mailbox/scripts/regex.ts'
import type { noSuchPlace } from '#protocol/sieve/compilation.ts'
import { compileSieve, type CompileResult } from '#protocol/sieve/compile.ts'
import { no, type ManageSieveReply } from '#protocol/sieve/managesieve/reply.ts'

export type ScriptWorld = {
  readonly folder: ScriptFolder
  readonly settings: DovecotSettings
  /** The text of a global script; noSuchPlace: there is no place for such. */
  readonly global: (name: string) => Promise<string | null | typeof noSuchPlace>
}

export const tooLarge = (settings: DovecotSettings, size: number): ManageSieveReply | null => {
  const limit = scriptLimit(settings)
  return limit > 0 && size > limit ? no(`Script is too large (max ${limit} bytes).`, 'QUOTA/MAXSIZE') : null
}

export async function quotaRefusal(
  name: string,
  size: number,
  world: ScriptWorld,
): Promise<ManageSieveReply | null> {
  const { folder, settings } = world
  const large = tooLarge(settings, size)
  if (large !== null) return large
  const [scripts, storage] = ['sieve_quota_max_scripts', 'sieve_quota_max_storage'].map((key) =>
    sizeOf(settings.plugin(key)),
  )
  if (!scripts && !storage) return null
  const kept = await folder.size()
  if (scripts && !(await folder.exists(name)) && kept.scripts + 1 > scripts) {
    return no(`Script count quota exceeded (max ${scripts} scripts).`, 'QUOTA/MAXSCRIPTS')
  }
  if (storage && kept.bytes - (await folder.sizeOf(name)) + size > storage) {
    return no(`Script storage quota exceeded (max ${storage} bytes).`, 'QUOTA/MAXSTORAGE')
  }
  return null
}

/** `10M`; 0: no limit. */
function sizeOf(text: string | null): number {
  const match = /^(\d+)\s*([kmg]?)/i.exec(text ?? '')
  return match === null ? 0 : Number(match[1]) * 1024 ** ' kmg'.indexOf((match[2] ?? '').toLowerCase() || ' ')
}

export function checkedScript(
  name: string,
  text: string,
  world: ScriptWorld,
  occasion?: 'upload',
): Promise<CompileResult> {
  const { folder, settings, global } = world
  return compileSieve(name, text, {
    extensions: enabledExtensions(settings),
    regex: posixRegex,
    vacation: vacationLimits(settings),
    mostErrors: settings.number('managesieve_max_compile_errors') || 5,
    ...(occasion === undefined ? {} : { occasion }),
    find: (location, wanted) => (location === 'global' ? global(wanted) : folder.read(wanted)),
  })
}

export const linesOf = ({ lines }: CompileResult): string => lines.map((line) => `${line}\r\n`).join('')
