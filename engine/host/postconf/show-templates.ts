/** postconf -t and -b: the texts of bounce messages, as they are and with the names filled in. postconf(1), bounce(5). */
import { templates, type ReportKind } from '#protocol/dsn/templates.ts'
import { expandedValue, type Configuration } from '#host/postconf/configuration.ts'
import type { Output } from '#host/postconf/output.ts'
import { readTime } from '#config/values.ts'

const kinds: readonly ReportKind[] = ['failure', 'delay', 'success', 'verify']

export function showTemplates(output: Output): void {
  const blocks = kinds.map((kind) => {
    const { charset, from, subject, postmasterSubject, text } = templates[kind]
    const head = [`Charset: ${charset}`, `From: ${from}`, `Subject: ${subject}`]
    if (postmasterSubject !== '') head.push(`Postmaster-Subject: ${postmasterSubject}`)
    return [`${kind}_template = <<EOF`, ...head, '', ...text, 'EOF']
  })
  showBlocks(blocks, output)
}

export function showExpandedTemplates(configuration: Configuration, output: Output): void {
  const lookup = bounceNames(configuration, output)
  const blocks = kinds.map((kind) => {
    const text = templates[kind].text.map((line) => expandedValue(line, lookup, output))
    return [`expanded_${kind}_text = <<EOF`, ...text, 'EOF']
  })
  showBlocks(blocks, output)
}

function showBlocks(blocks: readonly (readonly string[])[], output: Output): void {
  for (const [i, lines] of blocks.entries()) {
    if (i > 0) output.line('')
    for (const line of lines) output.line(line)
  }
}

const units = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000, weeks: 604_800_000 }

/** In a bounce text `$delay_warning_time_hours` is the parameter in that unit, rounded down. */
function bounceNames({ values }: Configuration, output: Output): (name: string) => string | null {
  return (name) => {
    const [, parameter, unit] = /^(.*)_(seconds|minutes|hours|days|weeks)$/.exec(name) ?? []
    const raw = parameter === undefined ? null : values.raw(parameter)
    if (parameter === undefined || raw === null) return values.raw(name)
    const time = readTime(parameter, expandedValue(raw, values.raw, output), 's')
    return time.ok ? String(Math.floor(time.value / units[unit as keyof typeof units])) : null
  }
}
