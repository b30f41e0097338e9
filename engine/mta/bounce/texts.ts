/** What a report says to people: from bounce_template_file where it is set, else Postfix's own words. bounce(5). */
import type { Settings } from '#config/settings.ts'
import type { Machine } from '#engine/machine.ts'
import type { Template } from '#protocol/dsn/report.ts'
import { expandTemplate, readTemplateFile, type Templates } from '#protocol/dsn/template-file.ts'
import { templates as standard, type ReportKind } from '#protocol/dsn/templates.ts'

/** The names of the text filled in. Null: bounce(8) cannot say it, and dies. */
export async function textOf(
  kind: ReportKind,
  machine: Machine,
  settings: Settings,
): Promise<{ readonly template: Template; readonly lines: readonly string[] } | null> {
  const path = settings.text('bounce_template_file')
  const log = (level: 'warning' | 'fatal', text: string) =>
    machine.emit({ type: 'daemon.logged', daemon: 'bounce', level, text })
  let templates: Templates = standard
  if (path !== '') {
    if ((await machine.disk.stat(path))?.kind !== 'file') {
      log('fatal', `open ${path}: No such file or directory`)
      return null
    }
    const read = readTemplateFile(await machine.disk.readText(path), path)
    for (const warning of read.warnings) log('warning', warning)
    templates = read.templates
  }
  const template = templates[kind]
  const origin = template === standard[kind] ? '[built-in]' : path
  const { lines, warnings, undefinedIn } = expandTemplate(template.text, {
    kind,
    origin,
    value: (name) => (settings.isSet(name) || settings.text(name) !== '' ? settings.text(name) : null),
    time: (name) => settings.time(name),
  })
  for (const warning of warnings) log('warning', warning)
  if (undefinedIn === null) return { template, lines }
  log('fatal', `${origin}: undefined $name in ${kind} template: ${undefinedIn}`)
  return null
}
