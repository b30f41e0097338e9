/** foreverypart, break and extracttext: a look at each part of a letter in turn. RFC 5703 §3, §7. */
import { latin1, latin1Of, textOf, utf8 } from '../../bytes/text.ts'
import { plainTextOf } from '../../message/html-text.ts'
import { decodedContent, mediaType, partsOf } from '../message.ts'
import { next, type CommandSpecification, type Tag } from '../specification.ts'
import { applyModifiers, readModifiers, readVariableName } from './set.ts'

const nameTag: Tag = { names: ['name'], parameter: 'string' }
const firstTag: Tag = { names: ['first'], parameter: 'number' }
const deepestLoop = 4

export const foreverypart: CommandSpecification = {
  kind: 'command',
  identifier: 'foreverypart',
  positional: 0,
  block: 'required',
  tags: [nameTag],
  compile(check) {
    if (check.compilation.loops.length >= deepestLoop) {
      check.error(`the nested foreverypart loop exceeds the nesting limit (<= ${deepestLoop} levels)`)
      return null
    }
    const { node } = check
    const name = check.tagString(nameTag)?.constant ?? null
    return async (run, body) => {
      const here = run.parts.at(-1) ?? run.world.message.root
      for (const part of partsOf(here)) {
        run.spend(5)
        run.parts.push(part)
        try {
          run.did(node, `part ${part.type.type}/${part.type.subtype}`.toLowerCase())
          const signal = await body(run)
          if (signal.kind === 'break' && (signal.name === null || signal.name === name)) return next
          if (signal.kind !== 'next') return signal
        } finally {
          run.parts.pop()
        }
      }
      return next
    }
  },
  enter(check) {
    const { loops } = check.compilation
    loops.push(check.tagString(nameTag)?.constant ?? null)
    return () => void loops.pop()
  },
}

export const breakLoop: CommandSpecification = {
  kind: 'command',
  identifier: 'break',
  positional: 0,
  tags: [nameTag],
  compile(check) {
    const name = check.tagString(nameTag)?.constant ?? null
    const { loops } = check.compilation
    if (name !== null && !loops.includes(name)) {
      check.error(`the break command is not placed inside a foreverypart loop named \`${name}'`)
      return null
    }
    if (loops.length === 0) {
      check.error('the break command is not placed inside a foreverypart loop')
      return null
    }
    const { node } = check
    return (run) => {
      run.did(node, 'leave the loop')
      return { kind: 'break', name }
    }
  },
}

export const extracttext: CommandSpecification = {
  kind: 'command',
  identifier: 'extracttext',
  positional: 1,
  tags: [firstTag],
  compile(check) {
    if (!check.compilation.loaded.has('variables')) {
      check.error('extracttext command requires that variables extension is active')
      return null
    }
    const name = readVariableName(check, 0, 'varname')
    if (name === null) return null
    if (check.compilation.loops.length === 0) {
      check.error('the extracttext command is not placed inside a foreverypart loop')
      return null
    }
    const first = check.tagNumber(firstTag)
    const modifiers = readModifiers(check)
    const { node } = check
    return (run) => {
      const part = run.parts.at(-1) ?? run.world.message.root
      const content = part.kind === 'leaf' ? decodedContent(run.world.message, part) : ''
      const text =
        mediaType(part) === 'text/html' ? latin1Of(utf8(plainTextOf(textOf(latin1(content))))) : content
      const value = applyModifiers(firstCharacters(text, first), modifiers)
      run.setVariable(name, value)
      run.did(node, `${name} = ${value.slice(0, 200)}`)
      return next
    }
  },
}

/** Characters of UTF-8, one character a byte. */
function firstCharacters(text: string, count: number | null): string {
  if (count === null || count >= text.length) return text
  let seen = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x80 && code <= 0xbf) continue
    if (seen++ === count) return text.slice(0, i)
  }
  return text
}
