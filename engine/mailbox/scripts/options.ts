/**
 * What dovecot.conf says of scripts: which extensions, how large, how often an answer goes out.
 *
 * Pigeonhole 0.5, "Configuration": sieve_extensions, sieve_max_script_size, sieve_vacation_min_period.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { largestScript } from '#protocol/sieve/compile.ts'
import { extensionsOn } from '#protocol/sieve/extensions.ts'

export const enabledExtensions = (settings: DovecotSettings): readonly string[] =>
  extensionsOn(
    `${settings.plugin('sieve_extensions') ?? ''} ${settings.plugin('sieve_global_extensions') ?? ''}`,
  )

export function scriptLimit(settings: DovecotSettings): number {
  const written = settings.plugin('sieve_max_script_size')
  const match = /^(\d+)\s*([kKmMgG]?)/.exec(written ?? '')
  if (match === null) return largestScript
  return Number(match[1]) * 1024 ** ' kmg'.indexOf((match[2] ?? '').toLowerCase() || ' ')
}

/** sieve_vacation_min_period and its kin: `7d`, `2h`, seconds. */
export function vacationLimits(settings: DovecotSettings) {
  const seconds = (name: string, standard: number): number => {
    const match = /^(\d+)\s*([smhdw]?)/.exec(settings.plugin(name) ?? '')
    if (match === null) return standard
    const units: { readonly [letter: string]: number } = { m: 60, h: 3600, d: 86_400, w: 604_800 }
    return Number(match[1]) * (units[match[2] ?? ''] ?? 1)
  }
  return {
    minimum: seconds('sieve_vacation_min_period', 86_400),
    standard: seconds('sieve_vacation_default_period', 7 * 86_400),
    maximum: seconds('sieve_vacation_max_period', 0),
  }
}
