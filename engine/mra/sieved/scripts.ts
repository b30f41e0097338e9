/**
 * The commands of a user who has logged in: each decides from its words what the client hears.
 *
 * RFC 5804 §2.3 to §2.12. The texts are Pigeonhole's.
 */
import { writeString, type Word } from '#protocol/sieve/managesieve/arguments.ts'
import { no, ok, withData, type ManageSieveReply } from '#protocol/sieve/managesieve/reply.ts'
import { isScriptName } from '#protocol/sieve/script-name.ts'
import { shownText } from '#protocol/sieve/shown-text.ts'
import { checkedScript, linesOf, quotaRefusal, type ScriptWorld } from './examine.ts'
import type { CommandInput } from './input.ts'
import { bad, failed, loggedOut, noop, say, type Outcome } from './outcome.ts'
import { broken, upload } from './upload.ts'
import { named } from '#protocol/named.ts'

const missing = bad('Missing arguments')
const invalid = bad('Invalid arguments')

const notFound = (name: string): ManageSieveReply =>
  no(`Sieve script \`${shownText(name, 80)}' not found`, 'NONEXISTENT')
const invalidName = (name: string, what: string): ManageSieveReply =>
  no(`Invalid ${what} name \`${shownText(name, 80)}'.`)

type Handler = (words: readonly Word[], world: ScriptWorld) => Promise<Outcome>

const handlers: Readonly<Record<string, { readonly words: number; readonly run: Handler }>> = named({
  LISTSCRIPTS: { words: 0, run: listScripts },
  SETACTIVE: { words: 1, run: setActive },
  GETSCRIPT: { words: 1, run: getScript },
  DELETESCRIPT: { words: 1, run: deleteScript },
  RENAMESCRIPT: { words: 2, run: renameScript },
  HAVESPACE: { words: 2, run: haveSpace },
  NOOP: { words: 1, run: async ([word]) => noop(word) },
  LOGOUT: { words: 0, run: async () => loggedOut },
})

const longestWord = 64 * 1024

export async function scriptCommand(
  input: CommandInput,
  world: ScriptWorld & { readonly capabilities: () => readonly string[] },
): Promise<Outcome> {
  const { verb } = input
  if (verb === 'PUTSCRIPT' || verb === 'CHECKSCRIPT') return upload(input, world)
  const handler = handlers[verb]
  const words = await input.all(handler?.words ?? 0, longestWord)
  if (words.kind !== 'words') return broken(words)
  if (handler !== undefined) return handler.run(words.words, world)
  return say(withData(ok('Capability completed.'), world.capabilities()))
}

async function listScripts(_words: readonly Word[], { folder }: ScriptWorld): Promise<Outcome> {
  const active = await folder.active()
  const names = await folder.names()
  const lines = names.map((name) => `${writeString(name)}${name === active ? ' ACTIVE' : ''}`)
  return say(withData(ok('Listscripts completed.'), lines))
}

async function setActive([word]: readonly Word[], world: ScriptWorld): Promise<Outcome> {
  if (word === undefined) return missing
  if (word.kind !== 'string') return invalid
  const { folder } = world
  const active = await folder.active()
  if (word.text === '') {
    if (active === null) return say(ok('No scripts currently active.'))
    await folder.deactivate()
    return say(ok('Active script is now deactivated.'))
  }
  const tried = `activate script \`${word.text}'`
  if (!isScriptName(word.text)) return failed(tried, invalidName(word.text, 'script'))
  const text = await folder.read(word.text)
  if (text === null) return failed(tried, notFound(word.text))
  if (active === word.text) return say(ok('Script is already active.'))
  const result = await checkedScript(word.text, text, world)
  if (result.program === null) return say(no(linesOf(result)))
  await folder.activate(word.text)
  return say(result.lines.length > 0 ? ok(linesOf(result), 'WARNINGS') : ok('Setactive completed.'))
}

async function getScript([word]: readonly Word[], { folder }: ScriptWorld): Promise<Outcome> {
  if (word === undefined) return missing
  if (word.kind !== 'string') return invalid
  const tried = `retrieve script \`${word.text}'`
  if (!isScriptName(word.text)) return failed(tried, invalidName(word.text, 'script'))
  const text = await folder.read(word.text)
  if (text === null) return failed(tried, notFound(word.text))
  return say(withData(ok('Getscript completed.'), [`{${text.length}}`, text]))
}

async function deleteScript([word]: readonly Word[], { folder }: ScriptWorld): Promise<Outcome> {
  if (word === undefined) return missing
  if (word.kind !== 'string') return invalid
  const tried = `delete script \`${word.text}'`
  if (!isScriptName(word.text)) return failed(tried, invalidName(word.text, 'script'))
  if (!(await folder.exists(word.text))) return failed(tried, notFound(word.text))
  if ((await folder.active()) === word.text)
    return failed(tried, no('Cannot delete the active Sieve script.', 'ACTIVE'))
  await folder.remove(word.text)
  return say(ok('Deletescript completed.'))
}

async function renameScript([from, to]: readonly Word[], { folder }: ScriptWorld): Promise<Outcome> {
  if (from === undefined || to === undefined) return missing
  if (from.kind !== 'string' || to.kind !== 'string') return invalid
  const opened = `open script \`${from.text}' for rename to \`${to.text}'`
  if (!isScriptName(from.text)) return failed(opened, invalidName(from.text, 'script'))
  if (!(await folder.exists(from.text))) return failed(opened, notFound(from.text))
  const tried = `rename script \`${from.text}' to \`${to.text}'`
  if (!isScriptName(to.text)) return failed(tried, invalidName(to.text, 'new Sieve script'))
  if (await folder.exists(to.text))
    return failed(tried, no('A sieve script with that name already exists.', 'ALREADYEXISTS'))
  await folder.rename(from.text, to.text)
  return say(ok('Renamescript completed.'))
}

async function haveSpace([name, size]: readonly Word[], world: ScriptWorld): Promise<Outcome> {
  if (name === undefined || size === undefined) return missing
  if (name.kind !== 'string') return say(no('Invalid string for scriptname.'))
  if (!isScriptName(name.text)) return say(no('Invalid script name.'))
  if (size.kind !== 'number') return say(no('Invalid scriptsize argument.'))
  if (size.value === 0) return say(no('Cannot upload empty script.'))
  return say((await quotaRefusal(name.text, size.value, world)) ?? ok('Putscript would succeed.'))
}
