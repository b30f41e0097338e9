/** postconf -t and -b: the texts of bounce messages, as they are and with the names filled in. postconf(1), bounce(5). */
import { expandTemplate, readTemplateFile, type Templates } from '#protocol/dsn/template-file.ts'
import { templates as standard, type ReportKind } from '#protocol/dsn/templates.ts'
import type { Machine } from '#engine/machine.ts'
import { expandedValue, type Configuration } from '#host/postconf/configuration.ts'
import type { Output } from '#host/postconf/output.ts'
import { readTime } from '#config/values.ts'

const kinds: readonly ReportKind[] = ['failure', 'delay', 'success', 'verify']

/** What bounce(8) says, whose texts these are. */
export class BounceFatal extends Error {}

/** `path`: the file that the command names; '' for Postfix's own texts. */
export async function showTemplates(path: string, machine: Machine, output: Output): Promise<void> {
  const { templates } = await templatesOf(path, machine, output)
  const blocks = kinds.map((kind) => {
    const { charset, from, subject, postmasterSubject, text } = templates[kind]
    const head = [`Charset: ${charset}`, `From: ${from}`, `Subject: ${subject}`]
    if (postmasterSubject !== '') head.push(`Postmaster-Subject: ${postmasterSubject}`)
    return [`${kind}_template = <<EOF`, ...head, '', ...text, 'EOF']
  })
  showBlocks(blocks, output)
}

export async function showExpandedTemplates(
  path: string,
  machine: Machine,
  configuration: Configuration,
  output: Output,
): Promise<void> {
  const { values } = configuration
  const { templates } = await templatesOf(path, machine, output)
  const blocks = kinds.map((kind) => {
    const origin = templates[kind] === standard[kind] ? '[built-in]' : path
    const { lines, warnings, undefinedIn } = expandTemplate(templates[kind].text, {
      kind,
      origin,
      value(name) {
        const raw = values.raw(name)
        return raw === null ? null : expandedValue(raw, (inner) => values.raw(inner), output)
      },
      time(name) {
        const raw = expandedValue(values.raw(name) ?? '0', (inner) => values.raw(inner), output)
        const time = readTime(name, raw, 's')
        return time.ok ? time.value : 0
      },
    })
    for (const warning of warnings) output.complain(`postfix/bounce: warning: ${warning}`)
    if (undefinedIn !== null) {
      throw new BounceFatal(`${origin}: undefined $name in ${kind} template: ${undefinedIn}`)
    }
    return [`expanded_${kind}_text = <<EOF`, ...lines, 'EOF']
  })
  showBlocks(blocks, output)
}

async function templatesOf(
  path: string,
  { disk }: Machine,
  output: Output,
): Promise<{ readonly templates: Templates }> {
  if (path === '') return { templates: standard }
  if ((await disk.stat(path))?.kind !== 'file')
    throw new BounceFatal(`open ${path}: No such file or directory`)
  const read = readTemplateFile(await disk.readText(path), path)
  for (const warning of read.warnings) output.complain(`postfix/bounce: warning: ${warning}`)
  return read
}

function showBlocks(blocks: readonly (readonly string[])[], output: Output): void {
  for (const [i, lines] of blocks.entries()) {
    if (i > 0) output.line('')
    for (const line of lines) output.line(line)
  }
}
