/**
 * BODY and BODYSTRUCTURE: the tree of a message's parts, as a list of lists.
 *
 * RFC 3501 §7.4.2.
 */
import { readDisposition, readEncoding, readLanguages, type Parameters } from '../message/content-fields.ts'
import { fieldValue, type HeaderLine } from '../message/header-lines.ts'
import { countLines, type MimePart } from '../message/mime-tree.ts'
import { writeEnvelope } from './envelope.ts'
import { nstring, quoted, unfoldedString } from './quoting.ts'

export type StructureForm = 'BODY' | 'BODYSTRUCTURE'

export function writeStructure(part: MimePart, message: Uint8Array, form: StructureForm): string {
  return `(${part.kind === 'multipart' ? multipart(part, message, form) : single(part, message, form)})`
}

function multipart(part: MimePart, message: Uint8Array, form: StructureForm): string {
  const children =
    part.children.length > 0
      ? part.children.map((child) => writeStructure(child, message, form)).join('')
      : noPart(form)
  const basic = `${children} ${quoted(part.type.subtype === '' ? 'x-unknown' : part.type.subtype)}`
  if (form === 'BODY') return basic
  return `${basic} ${writeParameters(part.type.parameters)} ${extension(part.fields)}`
}

/** A message that says neither MIME-Version nor Content-Type is no MIME, whatever else it says. */
export const contentFields = ({ fields, type, level }: MimePart): readonly HeaderLine[] =>
  level === 'message' && type.said === 'assumed' && fieldValue(fields, 'MIME-Version') === null ? [] : fields

/** A multipart without parts must have one. */
const noPart = (form: StructureForm): string =>
  `("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0${form === 'BODY' ? '' : ' NIL NIL NIL NIL'})`

function single(part: MimePart, message: Uint8Array, form: StructureForm): string {
  const fields = contentFields(part)
  const { type } = part
  const value = (name: string) => fieldValue(fields, name)
  const isText = part.kind === 'leaf' && type.type.toLowerCase() === 'text'
  const [child] = part.children
  const names =
    part.kind === 'message' ? '"message" "rfc822"' : `${quoted(type.type)} ${quoted(type.subtype)}`
  const basic = [
    names,
    isText ? writeTextParameters(type.parameters) : writeParameters(type.parameters),
    unfoldedString(value('Content-ID')),
    unfoldedString(value('Content-Description')),
    quoted(readEncoding(value('Content-Transfer-Encoding')) ?? '7bit'),
    String(part.bodyEnd - part.bodyStart),
  ]
  if (child) basic.push(writeEnvelope(child.fields), writeStructure(child, message, form))
  if (isText || child) basic.push(String(countLines(message, part.bodyStart, part.bodyEnd)))
  if (form === 'BODY') return basic.join(' ')
  return `${basic.join(' ')} ${nstring(value('Content-MD5'))} ${extension(fields)}`
}

function extension(fields: readonly HeaderLine[]): string {
  const disposition = readDisposition(fieldValue(fields, 'Content-Disposition'))
  const languages = readLanguages(fieldValue(fields, 'Content-Language'))
  return [
    disposition === null
      ? 'NIL'
      : `(${quoted(disposition.disposition)} ${writeParameters(disposition.parameters)})`,
    languages === null ? 'NIL' : `(${languages.map(quoted).join(' ')})`,
    nstring(fieldValue(fields, 'Content-Location')),
  ].join(' ')
}

const writePairs = (parameters: Parameters): string =>
  parameters.map(([name, value]) => `${quoted(name)} ${quoted(value)}`).join(' ')

const writeParameters = (parameters: Parameters): string =>
  parameters.length === 0 ? 'NIL' : `(${writePairs(parameters)})`

/** Text has a charset, said or not. */
function writeTextParameters(parameters: Parameters): string {
  const said = parameters.some(([name]) => name.toLowerCase() === 'charset')
  return `(${writePairs(said ? parameters : [...parameters, ['charset', 'us-ascii']])})`
}
