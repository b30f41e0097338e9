/**
 * What every program of Postfix reads first, whatever it is for: with a bad value in one of these none of them runs.
 *
 * postconf(5).
 */
import { readInetProtocols } from '#config/machine-default.ts'
import { parameters } from '#config/parameters.ts'
import { SettingError, type Settings } from '#config/settings.ts'

/** Read by all, though only some act on them. */
const alsoCommon = ['line_length_limit', 'message_size_limit', 'smtputf8_enable']

const common = parameters.filter(
  ({ name, daemons }) => daemons.includes('postfix') || alsoCommon.includes(name),
)

const notEmpty = ['mydomain', 'myhostname', 'mail_name', 'mail_owner', 'setgid_group', 'double_bounce_sender']

/** Throws SettingError with what the program says before it ends. */
export function checkCommonSettings(settings: Settings): void {
  for (const { name, type } of common) {
    if (type.kind === 'bool') settings.flag(name)
    else if (type.kind === 'int' || type.kind === 'size') settings.number(name)
    else if (type.kind === 'time') settings.time(name)
    else settings.text(name)
  }
  // A level that is none stops every program.
  settings.expand('${{$compatibility_level} <level {0}}')
  for (const name of notEmpty) {
    if (settings.text(name) === '') throw new SettingError(`bad string length 0 < 1: ${name} = `)
  }
  if (settings.number('line_length_limit') < 512) {
    const value = settings.number('line_length_limit')
    throw new SettingError(`invalid line_length_limit parameter value ${value} < 512`)
  }
  const protocols = readInetProtocols(settings.text('inet_protocols'))
  if (!protocols.ok) throw new SettingError(protocols.message)
}
