/** keep and fileinto: where the letter goes, with which flags. RFC 5228 §4.1, §4.3; `:create`: RFC 5490; `:copy`: RFC 3894. */
import { latin1, strictTextOf } from '../../bytes/text.ts'
import type { CommandCheck } from '../command-check.ts'
import type { Run } from '../run.ts'
import { SieveRuntimeError } from '../run.ts'
import { shownText } from '../shown-text.ts'
import { next, type CommandSpecification, type Tag } from '../specification.ts'
import type { StringValue } from '../values.ts'
import { addFlags, flagsIn } from './flag-list.ts'
import { flagsTag } from './flags.ts'

/** The implicit keep stays in force. RFC 3894. */
export const copyTag: Tag = { names: ['copy'] }
/** The folder is made when it is not there. RFC 5490 §3.2. */
export const createTag: Tag = { names: ['create'] }
/** RFC 8579 §4. */
export const specialUseTag: Tag = { names: ['specialuse'], parameter: 'string' }

export const isUtf8Name = (name: string): boolean => strictTextOf(latin1(name)) !== null

/** Those of `:flags`, or the internal variable's. Null: broken, and told. */
function readFlags(check: CommandCheck): ((run: Run) => readonly string[]) | null {
  const given = check.tagStrings(flagsTag)
  if (given === undefined) return null
  if (given === null) return (run) => run.flags
  return (run) =>
    given.reduce<readonly string[]>((flags, flag) => addFlags(flags, flagsIn(flag.expand(run))), [])
}

export const keep: CommandSpecification = {
  kind: 'command',
  identifier: 'keep',
  positional: 0,
  compile(check) {
    const flags = readFlags(check)
    if (flags === null) return null
    const { node } = check
    return (run) => {
      run.decide({
        at: run.place(node.at),
        kind: 'store',
        by: 'keep',
        folder: null,
        flags: flags(run),
        copy: false,
        create: false,
        specialUse: null,
      })
      run.did(node, 'store message in default mailbox')
      return next
    }
  },
}

export const fileinto: CommandSpecification = {
  kind: 'command',
  identifier: 'fileinto',
  positional: 1,
  compile(check) {
    const folder = check.string(0, 'folder')
    if (folder === null) return null
    if (folder.constant !== null && !isUtf8Name(folder.constant)) {
      check.error(
        `fileinto command: invalid folder name \`${shownText(folder.constant, 256)}' specified: invalid utf-8`,
        folder.at,
      )
      return null
    }
    const flags = readFlags(check)
    const specialUse = check.tagString(specialUseTag)
    if (flags === null || specialUse === undefined) return null
    const { node } = check
    const copy = check.given(copyTag) !== null
    const create = check.given(createTag) !== null
    return (run) => {
      const name = folderName(folder, run)
      const at = run.place(node.at)
      const use = specialUse?.expand(run) ?? null
      run.decide({
        at,
        kind: 'store',
        by: 'fileinto',
        folder: name,
        flags: flags(run),
        copy,
        create,
        specialUse: use,
      })
      run.did(node, `store message in mailbox ${name}`)
      return next
    }
  },
}

function folderName(folder: StringValue, run: Run): string {
  const name = folder.expand(run)
  if (isUtf8Name(name)) return name
  throw new SieveRuntimeError(
    `fileinto command: invalid folder name \`${shownText(name, 256)}' specified: invalid utf-8`,
    null,
  )
}
