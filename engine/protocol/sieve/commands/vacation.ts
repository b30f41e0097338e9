/** vacation: an answer for whoever writes, once in so many days. RFC 5230; `:seconds`: RFC 6131. */
import { next, type CommandSpecification, type Tag } from '../specification.ts'
import { readSingleAddress } from './mail-address.ts'
import { SieveRuntimeError } from '../run.ts'

const day = 86_400
const standard = { minimum: day, standard: 7 * day, maximum: 0 }

const checkPeriod: NonNullable<Tag['check']> = ({ name, parameter, at }, check) => {
  const limits = check.compilation.options.vacation ?? standard
  const value = parameter?.kind === 'number' ? parameter.value : 0
  const seconds = name === 'seconds' ? value : value * day
  const wrong =
    seconds < limits.minimum
      ? 'under the minimum'
      : limits.maximum > 0 && seconds > limits.maximum
        ? 'over the maximum'
        : null
  if (wrong !== null) check.warning(`specified :${name} value '${value}' is ${wrong}`, parameter?.at ?? at)
  return true
}
const daysOnly: Tag = { names: ['days'], parameter: 'number', check: checkPeriod }
const withSeconds: Tag = { names: ['days', 'seconds'], parameter: 'number', check: checkPeriod }

export const periodTag = (extensions: ReadonlySet<string>): Tag =>
  extensions.has('vacation-seconds') ? withSeconds : daysOnly

const subjectTag: Tag = { names: ['subject'], parameter: 'string' }
const fromTag: Tag = { names: ['from'], parameter: 'string' }
const addressesTag: Tag = { names: ['addresses'], parameter: 'string-list' }
const mimeTag: Tag = { names: ['mime'] }
const handleTag: Tag = { names: ['handle'], parameter: 'string' }

export const vacation: CommandSpecification = {
  kind: 'command',
  identifier: 'vacation',
  positional: 1,
  tags: [subjectTag, fromTag, addressesTag, mimeTag, handleTag],
  compile(check) {
    const reason = check.string(0, 'reason')
    if (reason === null) return null
    const subject = check.tagString(subjectTag)
    const from = check.tagString(fromTag)
    const addresses = check.tagStrings(addressesTag)
    const handle = check.tagString(handleTag)
    if (subject === undefined || from === undefined || addresses === undefined || handle === undefined)
      return null
    const complaint = (text: string, problem: string) =>
      `specified :from address '${text}' is invalid for vacation action: ${problem}`
    if (from?.constant != null) {
      const reading = readSingleAddress(from.constant)
      if (!reading.ok) {
        check.error(complaint(from.constant, reading.problem), from.at)
        return null
      }
    }
    const { node } = check
    const tag = periodTag(check.compilation.loaded)
    const limits = check.compilation.options.vacation ?? standard
    const number = check.tagNumber(tag)
    const seconds =
      number === null ? limits.standard : check.given(tag)?.name === 'seconds' ? number : number * day
    const mime = check.given(mimeTag) !== null
    return (run) => {
      const sender = from?.expand(run) ?? null
      if (sender !== null) {
        const reading = readSingleAddress(sender)
        if (!reading.ok) throw new SieveRuntimeError(complaint(sender, reading.problem), null)
      }
      const text = reason.expand(run)
      const title = subject?.expand(run) ?? null
      run.decide({
        at: run.place(node.at),
        kind: 'vacation',
        reason: text,
        subject: title,
        from: sender,
        seconds: limitedTo(seconds, limits),
        addresses: addresses?.map((address) => address.expand(run)) ?? [],
        handle:
          handle?.expand(run) ??
          `${text}${title ?? '<default-subject>'}${sender ?? '<default-from>'}${mime ? '<MIME>' : '<NO-MIME>'}`,
        mime,
      })
      run.did(node, `auto-reply with message: ${text}`)
      return next
    }
  },
}

const limitedTo = (
  seconds: number,
  limits: { readonly minimum: number; readonly maximum: number },
): number =>
  seconds < limits.minimum
    ? limits.minimum
    : limits.maximum > 0 && seconds > limits.maximum
      ? limits.maximum
      : seconds
