/** Reads a lab's folder: `lab.yaml`, `zone` (RFC 1035 master file), and `hosts/<name>/…`, files laid over each host's root. */
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml'
import { parseZone } from '#platform/zone.ts'
import type { Problem } from '#config/problem.ts'
import { checkMainCf } from '#config/check.ts'
import { readDefinition, type LabDefinition } from './lab-definition.ts'

/** The files of a lab folder, by their path in it: `lab.yaml`, `hosts/mail.example.com/etc/postfix/main.cf`. */
export type LabFiles = ReadonlyMap<string, string>

export type ReadFolder =
  | { readonly ok: true; readonly definition: LabDefinition }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** `folder` stands before each file's name in problems. */
export function readLabFolder(files: LabFiles, folder: string): ReadFolder {
  const file = (name: string) => (folder === '' ? name : `${folder}/${name}`)
  const yaml = files.get('lab.yaml')
  if (yaml === undefined) {
    return fail([
      {
        file: file('lab.yaml'),
        line: 1,
        column: 1,
        message: 'there is no lab.yaml in this folder',
        severity: 'fatal',
      },
    ])
  }
  const lines = new LineCounter()
  const document = parseDocument(yaml, { lineCounter: lines, uniqueKeys: true })
  const at = (offset: number) => ({ line: lines.linePos(offset).line, column: lines.linePos(offset).col })
  if (document.errors.length > 0) {
    return fail(
      document.errors.map((error) => ({
        file: file('lab.yaml'),
        ...at(error.pos[0]),
        message: error.message.split(/ at line |\n/)[0] ?? 'is not YAML',
        severity: 'fatal',
      })),
    )
  }
  const read = readDefinition(
    { ...(document.toJS({ maxAliasCount: 20 }) as object), zone: files.get('zone') ?? '' },
    'lab',
  )
  if (!read.ok) {
    return fail(
      read.problems.map(({ path, message, at: where }) => ({
        file: file('lab.yaml'),
        ...at(where === 'key' ? keyOffset(document, path) : offsetOf(document, path)),
        message,
        severity: 'fatal',
      })),
    )
  }
  const definition = {
    ...read.definition,
    hosts: read.definition.hosts.map((host) => ({
      ...host,
      files: { ...host.files, ...overlay(files, host.name) },
    })),
  }
  const problems = [
    ...parseZone(definition.zone).problems.map((problem) => ({
      file: file('zone'),
      ...problem,
      severity: 'fatal' as const,
    })),
    ...strangers(files, definition).map((path) => ({
      file: file(path),
      line: 1,
      column: 1,
      message: 'belongs to no host of lab.yaml',
      severity: 'fatal' as const,
    })),
    ...definition.hosts.flatMap((host) => {
      const text = host.files['etc/postfix/main.cf']
      return text === undefined
        ? []
        : checkMainCf(text, file(`hosts/${host.name}/etc/postfix/main.cf`)).filter(
            (problem) => problem.severity === 'fatal',
          )
    }),
  ]
  return problems.length > 0 ? fail(problems) : { ok: true, definition }
}

const fail = (problems: readonly Problem[]): ReadFolder => ({ ok: false, problems })

function overlay(files: LabFiles, host: string): Record<string, string> {
  const prefix = `hosts/${host}/`
  return Object.fromEntries(
    [...files]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, text]) => [path.slice(prefix.length), text]),
  )
}

function strangers(files: LabFiles, definition: LabDefinition): string[] {
  const names = new Set(definition.hosts.map((host) => host.name))
  return [...files.keys()].filter((path) => path.startsWith('hosts/') && !names.has(path.split('/')[1] ?? ''))
}

/** Where a field stands in the text; for one that is missing, where its map begins. */
function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    const range = rangeOf(node)
    if (range !== null) return range
  }
  return 0
}

/** Where the name of a field stands. */
function keyOffset(document: Document.Parsed, path: readonly (string | number)[]): number {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
    : undefined
  return rangeOf(pair?.key) ?? offsetOf(document, path)
}

const rangeOf = (node: unknown): number | null =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? Number(node.range[0])
    : null
