/** What the commands of an agent find in their environment. postconf(5), export_environment. */
import type { Settings } from '#config/settings.ts'

/** What a daemon of Postfix lets its commands see of its own environment: export_environment. */
export function exportedEnvironment(settings: Settings): Readonly<Record<string, string>> {
  const own: Readonly<Record<string, string>> = {
    LANG: 'C',
    MAIL_CONFIG: '/etc/postfix',
    PATH: '/usr/bin:/bin',
    PWD: settings.text('queue_directory'),
  }
  return {
    PATH: own.PATH ?? '',
    PWD: own.PWD ?? '',
    ...Object.fromEntries(
      settings.list('export_environment').flatMap((item) => {
        const [, name = '', value] = /^\{?\s*(\w+)(?:\s*=\s*(.*?))?\s*\}?$/.exec(item) ?? []
        const known = value ?? own[name]
        return known === undefined ? [] : [[name, known]]
      }),
    ),
  }
}
