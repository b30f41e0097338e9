/**
 * The commands of a user who has logged in: each decides from its words what the client hears.
 *
 * RFC 5804 §2.3 to §2.12. The texts are Pigeonhole's.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { ScriptFolder } from '#mailbox/scripts/folder.ts'
import { enabledExtensions, scriptLimit, vacationLimits } from '#mailbox/scripts/options.ts'
import { posixRegex } from '#mailbox/scripts/regex.ts'
import { compileSieve, type CompileResult } from '#protocol/sieve/compile.ts'
import type { noSuchPlace } from '#protocol/sieve/compilation.ts'
import { writeString, type Word } from '#protocol/sieve/managesieve/arguments.ts'
import { no, ok, withData, type ManageSieveReply } from '#protocol/sieve/managesieve/reply.ts'
import { isScriptName } from '#protocol/sieve/script-name.ts'
import { shownText } from '#protocol/sieve/shown-text.ts'

export type ScriptWorld = {
  readonly folder: ScriptFolder
  readonly settings: DovecotSettings
  /** The text of a global script; noSuchPlace: there is no place for such. */
  readonly global: (name: string) => Promise<string | null | typeof noSuchPlace>
}

const missing = no('Missing arguments')
const invalid = no('Invalid arguments')
/** A refusal of the words themselves: `Error in MANAGESIEVE command …` stands before it. */
export const isSyntax = (reply: ManageSieveReply): boolean => reply === missing || reply === invalid

const notFound = (name: string): ManageSieveReply =>
  no(`Sieve script \`${shownText(name, 80)}' not found`, 'NONEXISTENT')
const invalidName = (name: string, what: string): ManageSieveReply =>
  no(`Invalid ${what} name \`${shownText(name, 80)}'.`)

type Handler = (words: readonly Word[], world: ScriptWorld) => Promise<ManageSieveReply>

/** How many words each takes. PUTSCRIPT and CHECKSCRIPT carry a script: see `upload`. */
export const handlers: Readonly<Record<string, { readonly words: number; readonly run: Handler }>> = {
  LISTSCRIPTS: { words: 0, run: listScripts },
  SETACTIVE: { words: 1, run: setActive },
  GETSCRIPT: { words: 1, run: getScript },
  DELETESCRIPT: { words: 1, run: deleteScript },
  RENAMESCRIPT: { words: 2, run: renameScript },
  HAVESPACE: { words: 2, run: haveSpace },
}

async function listScripts(_words: readonly Word[], { folder }: ScriptWorld): Promise<ManageSieveReply> {
  const active = await folder.active()
  const names = await folder.names()
  const lines = names.map((name) => `${writeString(name)}${name === active ? ' ACTIVE' : ''}`)
  return withData(ok('Listscripts completed.'), lines)
}

async function setActive([word]: readonly Word[], world: ScriptWorld): Promise<ManageSieveReply> {
  if (word === undefined) return missing
  if (word.kind !== 'string') return invalid
  const { folder } = world
  const active = await folder.active()
  if (word.text === '') {
    if (active === null) return ok('No scripts currently active.')
    await folder.deactivate()
    return ok('Active script is now deactivated.')
  }
  if (!isScriptName(word.text)) return invalidName(word.text, 'script')
  const text = await folder.read(word.text)
  if (text === null) return notFound(word.text)
  if (active === word.text) return ok('Script is already active.')
  const result = await check(word.text, text, world)
  if (result.program === null) return no(linesOf(result))
  await folder.activate(word.text)
  return result.lines.length > 0 ? ok(linesOf(result), 'WARNINGS') : ok('Setactive completed.')
}

async function getScript([word]: readonly Word[], { folder }: ScriptWorld): Promise<ManageSieveReply> {
  if (word === undefined) return missing
  if (word.kind !== 'string') return invalid
  if (!isScriptName(word.text)) return invalidName(word.text, 'script')
  const text = await folder.read(word.text)
  if (text === null) return notFound(word.text)
  return withData(ok('Getscript completed.'), [`{${text.length}}`, text])
}

async function deleteScript([word]: readonly Word[], { folder }: ScriptWorld): Promise<ManageSieveReply> {
  if (word === undefined) return missing
  if (word.kind !== 'string') return invalid
  if (!isScriptName(word.text)) return invalidName(word.text, 'script')
  if (!(await folder.exists(word.text))) return notFound(word.text)
  if ((await folder.active()) === word.text) return no('Cannot delete the active Sieve script.', 'ACTIVE')
  await folder.remove(word.text)
  return ok('Deletescript completed.')
}

async function renameScript([from, to]: readonly Word[], { folder }: ScriptWorld): Promise<ManageSieveReply> {
  if (from === undefined || to === undefined) return missing
  if (from.kind !== 'string' || to.kind !== 'string') return invalid
  if (!isScriptName(from.text)) return invalidName(from.text, 'script')
  if (!(await folder.exists(from.text))) return notFound(from.text)
  if (!isScriptName(to.text)) return invalidName(to.text, 'new Sieve script')
  if (await folder.exists(to.text))
    return no('A sieve script with that name already exists.', 'ALREADYEXISTS')
  await folder.rename(from.text, to.text)
  return ok('Renamescript completed.')
}

async function haveSpace([name, size]: readonly Word[], world: ScriptWorld): Promise<ManageSieveReply> {
  if (name === undefined || size === undefined) return missing
  if (name.kind !== 'string') return no('Invalid string for scriptname.')
  if (!isScriptName(name.text)) return no('Invalid script name.')
  if (size.kind !== 'number') return no('Invalid scriptsize argument.')
  if (size.value === 0) return no('Cannot upload empty script.')
  return (await quotaRefusal(name.text, size.value, world)) ?? ok('Putscript would succeed.')
}

export const tooLarge = (settings: DovecotSettings, size: number): ManageSieveReply | null => {
  const limit = scriptLimit(settings)
  return limit > 0 && size > limit ? no(`Script is too large (max ${limit} bytes).`, 'QUOTA/MAXSIZE') : null
}

async function quotaRefusal(
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

/** A name that PUTSCRIPT cannot have; null: it can. */
export const nameRefusal = (name: string): ManageSieveReply | null =>
  isScriptName(name) ? null : no(`Invalid Sieve script name \`${shownText(name, 80)}'.`)

export async function putScript(name: string, text: string, world: ScriptWorld): Promise<ManageSieveReply> {
  const full = await quotaRefusal(name, text.length, world)
  if (full !== null) return full
  const result = await check(name, text, world, 'upload')
  if (result.program === null) return no(linesOf(result))
  await world.folder.write(name, text)
  return result.lines.length > 0 ? ok(linesOf(result), 'WARNINGS') : ok('PUTSCRIPT completed.')
}

export async function checkScript(text: string, world: ScriptWorld): Promise<ManageSieveReply> {
  const result = await check('', text, world, 'upload')
  if (result.program === null) return no(linesOf(result))
  return result.lines.length > 0 ? ok(linesOf(result), 'WARNINGS') : ok('Script checked successfully.')
}

function check(name: string, text: string, world: ScriptWorld, occasion?: 'upload'): Promise<CompileResult> {
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

const linesOf = ({ lines }: CompileResult): string => lines.map((line) => `${line}\r\n`).join('')
