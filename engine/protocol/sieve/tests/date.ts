/** date and currentdate: does a part of a date, that of a field or that of now, match one of these keys? RFC 5260 §4, §5. */
import { months } from '../../message/date.ts'
import { readMailDate } from '../../message/read-date.ts'
import type { CommandCheck } from '../command-check.ts'
import { readMatcher } from '../matching/match.ts'
import { rawValues } from '../message.ts'
import type { Tag, TestSpecification } from '../specification.ts'
import type { StringValue } from '../values.ts'
import { checkFieldNames } from './header.ts'
import { readSelection } from './header-options.ts'

const dateZone: Tag = {
  names: ['zone', 'originalzone'],
  read: (name, at, check) => (name === 'zone' ? readZoneArgument(at, check) : { kind: 'tag', at, tag: name }),
}
const currentZone: Tag = { names: ['zone'], read: (_name, at, check) => readZoneArgument(at, check) }

function readZoneArgument(at: StringValue['at'], check: CommandCheck) {
  const argument = check.peek()
  const wanted = `the :zone tag for the ${check.title} requires a string as parameter, but`
  if (argument?.kind !== 'string') {
    if (argument === null) check.error(`${wanted} no parameters were found`, at)
    else
      check.error(
        `${wanted} a ${argument.kind === 'string-list' ? 'string list' : argument.kind} was found`,
        argument.at,
      )
    return null
  }
  const constant = check.stringOf(argument)?.constant
  if (constant != null && readZone(constant) === null) {
    check.warning(`specified :zone argument '${constant}' is not a valid timezone`, argument.at)
  }
  return check.take()
}

/** Minutes east of Greenwich. */
function readZone(text: string): number | null {
  const match = /^([+-])(\d\d)(\d\d)$/.exec(text)
  if (match === null) return null
  return (Number(match[2]) * 60 + Number(match[3])) * (match[1] === '-' ? -1 : 1)
}

export const date: TestSpecification = {
  kind: 'test',
  identifier: 'date',
  positional: 3,
  tags: [dateZone],
  compile(check) {
    const name = check.string(0, 'header name')
    if (name === null) return null
    checkFieldNames(check, [name])
    const part = readPart(check, 1)
    const keys = part === null ? null : check.strings(2, 'key list')
    const matcher = keys === null ? null : readMatcher(check, keys)
    const zone = check.given(dateZone)?.name === 'zone' ? check.tagString(dateZone) : null
    if (part === null || matcher === null || zone === undefined) return null
    const original = check.given(dateZone)?.name === 'originalzone'
    const selection = readSelection(check)
    return (run) => {
      const fields = selection
        .headers(run)
        .flatMap((header) => selection.pick(rawValues(header, name.expand(run))))
      const wanted = zone === null ? 0 : (readZone(zone.expand(run)) ?? 0)
      const values = fields.flatMap((field) => {
        // The date of a Received field comes after its last semicolon.
        const moment = readMailDate(field.slice(field.lastIndexOf(';') + 1))
        if (moment === null) return []
        return datePart(part.expand(run), moment.time, original ? moment.zone : wanted) ?? []
      })
      return matcher.match(run, values)
    }
  },
}

export const currentdate: TestSpecification = {
  kind: 'test',
  identifier: 'currentdate',
  positional: 2,
  tags: [currentZone],
  compile(check) {
    const part = readPart(check, 0)
    const keys = part === null ? null : check.strings(1, 'key list')
    const matcher = keys === null ? null : readMatcher(check, keys)
    const zone = check.tagString(currentZone)
    if (part === null || matcher === null || zone === undefined) return null
    return (run) => {
      const minutes = zone === null ? 0 : (readZone(zone.expand(run)) ?? 0)
      const value = datePart(part.expand(run), run.world.now, minutes)
      return matcher.match(run, value === null ? [] : [value])
    }
  },
}

function readPart(check: CommandCheck, index: number): StringValue | null {
  const part = check.string(index, 'date part')
  if (part !== null && part.constant !== null && datePart(part.constant, 0, 0) === null) {
    check.warning(`specified date part \`${part.constant}' is not known`, part.at)
  }
  return part
}

const two = (n: number): string => String(n).padStart(2, '0')
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Null: there is no such part. RFC 5260 §4.2. */
function datePart(part: string, time: number, zone: number): string | null {
  const local = new Date(time + zone * 60_000)
  const clock = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`
  const day = `${String(local.getUTCFullYear()).padStart(4, '0')}-${two(local.getUTCMonth() + 1)}-${two(local.getUTCDate())}`
  const size = Math.abs(zone)
  const [hours, minutes] = [two(Math.floor(size / 60)), two(size % 60)]
  const sign = zone < 0 ? '-' : '+'
  switch (part.toLowerCase()) {
    case 'year':
      return String(local.getUTCFullYear()).padStart(4, '0')
    case 'month':
      return two(local.getUTCMonth() + 1)
    case 'day':
      return two(local.getUTCDate())
    case 'date':
      return day
    case 'julian':
      return String(Math.floor(local.getTime() / 86_400_000) + 40_587)
    case 'hour':
      return two(local.getUTCHours())
    case 'minute':
      return two(local.getUTCMinutes())
    case 'second':
      return two(local.getUTCSeconds())
    case 'time':
      return clock
    case 'iso8601':
      return `${day}T${clock}${zone === 0 ? 'Z' : `${sign}${hours}:${minutes}`}`
    case 'std11':
      return `${days[local.getUTCDay()]}, ${two(local.getUTCDate())} ${months[local.getUTCMonth()]} ${local.getUTCFullYear()} ${clock} ${sign}${hours}${minutes}`
    case 'zone':
      return `${sign}${hours}${minutes}`
    case 'weekday':
      return String(local.getUTCDay())
    default:
      return null
  }
}
