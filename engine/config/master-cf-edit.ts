/**
 * Changes master.cf as `postconf -Me -Fe -Pe -MX -M# -PX` do. A service whose field or `-o` changes is written anew;
 * comments that stood inside it come before.
 *
 * postconf(1).
 */
import { linesWithEnds, logicalLines, startsWithSpace } from '#config/logical-lines.ts'
import { makeService, readServiceLine, type Column, type MasterService } from '#config/master-cf.ts'
import { printService } from '#config/master-cf-print.ts'

/** `smtp/inet`; either part may be `*`. */
export type ServicePattern = { readonly name: string; readonly type: string }

export type MasterCfEdit =
  | { readonly kind: 'replace'; readonly service: MasterService }
  | { readonly kind: 'remove' | 'comment out' }
  | { readonly kind: 'set field'; readonly column: Column | 'command'; readonly value: string }
  | { readonly kind: 'set override'; readonly name: string; readonly value: string }
  | { readonly kind: 'remove override'; readonly name: string }

export const matchesService = (pattern: ServicePattern, service: { name: string; type: string }): boolean =>
  (pattern.name === '*' || pattern.name === service.name) &&
  (pattern.type === '*' || pattern.type === service.type)

/** `matched`: how many services were changed. */
export function editMasterCf(
  text: string,
  pattern: ServicePattern,
  edit: MasterCfEdit,
): { readonly text: string; readonly matched: number } {
  const starts = new Map(logicalLines(text).map((source) => [source.line, source]))
  const written: string[] = []
  let matched = 0
  let inside = false
  /** A changed service waits here until the comments inside it are written. */
  let waiting: string | null = null
  const flush = () => {
    if (waiting !== null) written.push(waiting)
    waiting = null
  }

  for (const [index, line] of linesWithEnds(text).entries()) {
    const trimmed = line.trimStart()
    if (trimmed === '' || trimmed.startsWith('#')) {
      written.push(line)
      continue
    }
    if (!startsWithSpace(line)) {
      flush()
      const source = starts.get(index + 1)
      const [name = '', type = ''] = line.split(/\s+/)
      inside = matchesService(pattern, { name, type })
      if (inside) {
        matched += 1
        const service = source ? readServiceLine(source.text).service : null
        if (edit.kind === 'comment out') written.push(`#${line}`)
        else if (edit.kind === 'replace') written.push(`${printService(edit.service, 'folded')}\n`)
        else if (isChange(edit) && service) waiting = `${printService(changed(service, edit), 'folded')}\n`
        continue
      }
    } else if (inside) {
      if (edit.kind === 'comment out') written.push(`#${line}`)
      continue
    }
    written.push(line)
  }
  flush()
  if (matched === 0 && edit.kind === 'replace') written.push(`${printService(edit.service, 'folded')}\n`)
  return { text: written.join(''), matched }
}

type Change = Extract<MasterCfEdit, { kind: 'set field' | 'set override' | 'remove override' }>

const isChange = (edit: MasterCfEdit): edit is Change =>
  edit.kind === 'set field' || edit.kind === 'set override' || edit.kind === 'remove override'

function changed(service: MasterService, edit: Change): MasterService {
  switch (edit.kind) {
    case 'set field': {
      if (edit.column !== 'command') {
        const fields = { ...service.fields, [edit.column]: edit.value }
        return makeService(fields, service.daemon, service.words, service.source)
      }
      const before = Object.values(service.fields).join(' ')
      return readServiceLine(`${before} ${edit.value}`).service ?? service
    }
    case 'set override': {
      const word = { kind: 'override', name: edit.name, value: edit.value } as const
      const known = service.words.some((it) => it.kind === 'override' && it.name === edit.name)
      const replaced = service.words.map((it) =>
        it.kind === 'override' && it.name === edit.name ? word : it,
      )
      if (known) return makeService(service.fields, service.daemon, replaced, service.source)
      const arguments_ = service.words.filter((it) => it.kind === 'argument')
      const options = service.words.filter((it) => it.kind !== 'argument')
      return makeService(service.fields, service.daemon, [...options, word, ...arguments_], service.source)
    }
    case 'remove override': {
      const words = service.words.filter((it) => it.kind !== 'override' || it.name !== edit.name)
      return makeService(service.fields, service.daemon, words, service.source)
    }
  }
}
