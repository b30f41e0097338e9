/** postconf -M, -F and -P: services of master.cf, their columns, and their `-o` settings. postconf(1). */
import { columns, type Column, type MasterService } from '#config/master-cf.ts'
import { matchesService } from '#config/master-cf-edit.ts'
import { printCommand, printService } from '#config/master-cf-print.ts'
import { expandedValue, warnUnusedMaster, type Configuration } from '#host/postconf/configuration.ts'
import { Fatal, words, type Output } from '#host/postconf/output.ts'
import type { PostconfOptions } from '#host/postconf/options.ts'

/** `smtp/inet/chroot`, cut at its slashes; '*' where a part is left out. */
type Request = { readonly name: string; readonly type: string; readonly item: string; readonly text: string }

export function showServices(configuration: Configuration, options: PostconfOptions, output: Output): void {
  const kind = options.letters.has('M') ? 'M' : options.letters.has('F') ? 'F' : 'P'
  const requests = options.names.length > 0 ? options.names : ['*/*/*']
  for (const request of requests.map((text) => readRequest(text, kind))) {
    const services = configuration.masterCf.services.filter((service) => matchesService(request, service))
    const shown = services.map((service) => showOne(configuration, options, service, request, output))
    const asked = options.names.length > 0
    if (asked && !shown.includes(true)) output.warn(`unmatched request: "${request.text}"`)
  }
  warnUnusedMaster(configuration, output)
}

function readRequest(text: string, kind: 'M' | 'F' | 'P'): Request {
  const [name = '', type = '*', item = '*', ...more] = text.split('/')
  const parts = text.split('/').length
  if (kind === 'M' && parts > 2 && text !== '*/*/*') throw new Fatal('-M option requires service_name[/type]')
  if (more.length > 0) {
    throw new Fatal(
      kind === 'F'
        ? '-F option requires service_name[/type[/field]]'
        : '-P option requires service_name[/type[/parameter]]',
    )
  }
  if (kind === 'F' && item !== '*' && !isField(item))
    throw new Fatal(`invalid service attribute name: "${item}"`)
  return { name, type, item, text }
}

export const isField = (word: string): word is Column | 'command' =>
  word === 'command' || columns.some((column) => column === word)

/** Whether anything was shown. */
function showOne(
  configuration: Configuration,
  options: PostconfOptions,
  service: MasterService,
  request: Request,
  output: Output,
): boolean {
  const { letters } = options
  const lines = letters.has('f') ? 'folded' : 'one line'
  const value = (text: string) =>
    letters.has('x') ? expandedValue(text, serviceLookup(configuration, service), output) : text

  if (letters.has('M')) {
    output.line(printService(service, lines, value))
    return true
  }
  const items = letters.has('F') ? fieldsOf(service, value) : settingsOf(service, value)
  const asked = items.filter(([name]) => request.item === '*' || request.item === name)
  for (const [name, text] of asked) {
    const full = `${service.name}/${service.type}/${name}`
    output.line(words(letters.has('h') ? text : letters.has('H') ? full : `${full} = ${text}`, lines))
  }
  return asked.length > 0 || (request.item === '*' && letters.has('P'))
}

type Items = readonly (readonly [name: string, text: string])[]

const fieldsOf = (service: MasterService, value: (text: string) => string): Items => [
  ...columns.map((column) => [column, service.fields[column]] as const),
  ['command', printCommand(service, value)],
]

function settingsOf(service: MasterService, value: (text: string) => string): Items {
  const last = new Map(service.overrides)
  return [...last].map(([name, text]) => [name, value(text)] as const).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Inside a service, its own `-o` come before main.cf, and it knows its name. */
function serviceLookup({ values }: Configuration, service: MasterService): (name: string) => string | null {
  const own = new Map(service.overrides)
  return (name) => own.get(name) ?? (name === 'service_name' ? service.name : values.raw(name))
}
