/**
 * PUTSCRIPT and CHECKSCRIPT: the last word of the command is a script.
 *
 * RFC 5804 §2.6, §2.12. The texts are Pigeonhole's.
 */
import { scriptLimit } from '#mailbox/scripts/options.ts'
import { no, ok, type ManageSieveReply } from '#protocol/sieve/managesieve/reply.ts'
import { isScriptName } from '#protocol/sieve/script-name.ts'
import { shownText } from '#protocol/sieve/shown-text.ts'
import { checkedScript, linesOf, quotaRefusal, tooLarge, type ScriptWorld } from './examine.ts'
import type { CommandInput, NextWord } from './input.ts'
import { bad, failed, say, type Outcome } from './outcome.ts'

const longestName = 64 * 1024
const longestScript = 64 * 1024 * 1024

export async function upload(input: CommandInput, world: ScriptWorld): Promise<Outcome> {
  const name = input.verb === 'PUTSCRIPT' ? await readName(input) : null
  if (name !== null && typeof name !== 'string') return name
  const limit = scriptLimit(world.settings)
  const script = await input.next(limit > 0 ? limit : longestScript)
  const refusal = name === null || isScriptName(name) ? null : invalidName(name)
  if (script.kind === 'too-large') {
    const reply = refusal ?? tooLarge(world.settings, script.length) ?? no('Script is too large.')
    return { kind: 'reply', reply, after: script.skip }
  }
  if (script.kind === 'end') return bad('Invalid arguments')
  if (script.kind !== 'word') return broken(script)
  if (script.word.kind !== 'string') return bad('Invalid arguments')
  const more = await input.next(longestName)
  if (more.kind === 'gone') return more
  if (more.kind !== 'end') return bad('Too many command arguments')
  const { text } = script.word
  if (name === null) return say(await checkScript(text, world))
  if (refusal !== null) return failed(`store script \`${name}'`, refusal)
  return say(await putScript(name, text, world))
}

async function readName(input: CommandInput): Promise<string | Outcome> {
  const first = await input.next(longestName)
  if (first.kind === 'end') return bad('Missing arguments')
  if (first.kind !== 'word') return broken(first)
  return first.word.kind === 'string' ? first.word.text : bad('Invalid arguments')
}

export function broken(word: Exclude<NextWord, { kind: 'word' | 'end' }>): Outcome {
  switch (word.kind) {
    case 'gone':
      return word
    case 'too-large':
      return { kind: 'bad', problem: 'Too long argument', after: word.skip }
    case 'wrong':
      return bad(word.problem)
    default:
      return word satisfies never
  }
}

const invalidName = (name: string): ManageSieveReply =>
  no(`Invalid Sieve script name \`${shownText(name, 80)}'.`)

async function putScript(name: string, text: string, world: ScriptWorld): Promise<ManageSieveReply> {
  const full = await quotaRefusal(name, text.length, world)
  if (full !== null) return full
  const result = await checkedScript(name, text, world, 'upload')
  if (result.program === null) return no(linesOf(result))
  await world.folder.write(name, text)
  return result.lines.length > 0 ? ok(linesOf(result), 'WARNINGS') : ok('PUTSCRIPT completed.')
}

async function checkScript(text: string, world: ScriptWorld): Promise<ManageSieveReply> {
  const result = await checkedScript('', text, world, 'upload')
  if (result.program === null) return no(linesOf(result))
  return result.lines.length > 0 ? ok(linesOf(result), 'WARNINGS') : ok('Script checked successfully.')
}
