/** A script of a lab host's disk, made ready as sievec and sieve-test do. */
import { createDovecotSettings, type DovecotSettings } from '#config/dovecot-settings.ts'
import { enabledExtensions, vacationLimits } from '#mailbox/scripts/options.ts'
import { scriptPlaces } from '#mailbox/scripts/places.ts'
import { posixRegex } from '#mailbox/scripts/regex.ts'
import { DiskError, type Disk } from '#platform/disk.ts'
import { noSuchPlace } from '#protocol/sieve/compilation.ts'
import { compileSieve, type CompileResult } from '#protocol/sieve/compile.ts'
import { extensionsOn, quietExtensions } from '#protocol/sieve/extensions.ts'
import type { Box } from '../command.ts'
import { loadDovecotConf } from '../dovecot-conf-files.ts'

export type ScriptFile = { readonly path: string; readonly user: string; readonly extensions: string | null }

/** Without a configuration file, as one that says nothing. */
export async function sieveSettings(disk: Disk): Promise<DovecotSettings> {
  const path = '/etc/dovecot/dovecot.conf'
  const conf = (await disk.stat(path)) === null ? null : await loadDovecotConf(disk, path)
  return createDovecotSettings({ conf, protocol: 'sieve' })
}

/** Null: there is no such file. */
export async function compileFile(box: Box, script: ScriptFile): Promise<CompileResult | null> {
  const { disk } = box.machine
  const settings = await sieveSettings(disk)
  const text = await readLatin1(disk, script.path)
  if (text === null) return null
  const home = (await box.machine.user(script.user))?.home ?? '/root'
  const places = scriptPlaces(settings, { name: script.user, home })
  const name = (script.path.split('/').at(-1) ?? '').replace(/\.sieve$/, '')
  const asked = script.extensions === null ? enabledExtensions(settings) : extensionsOn(script.extensions)
  return compileSieve(name, text, {
    extensions: [...asked, ...quietExtensions],
    regex: posixRegex,
    vacation: vacationLimits(settings),
    find: async (location, wanted) => {
      const folder = location === 'global' ? places.global : places.folder
      return folder === null ? noSuchPlace : readLatin1(disk, `${folder}/${wanted}.sieve`)
    },
  })
}

/** One character a byte. */
async function readLatin1(disk: Disk, path: string): Promise<string | null> {
  try {
    return Buffer.from(await disk.read(path)).toString('latin1')
  } catch (error) {
    if (error instanceof DiskError) return null
    throw error
  }
}
