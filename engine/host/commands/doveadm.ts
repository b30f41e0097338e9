/** doveadm: the operator's hand in Dovecot: mailboxes, messages, accounts, sessions, log. doveadm(1). */
import { createDovecotSettings } from '#config/dovecot-settings.ts'
import type { CommandResult, HostCommand } from '#host/command.ts'
import { DiskError } from '#platform/disk.ts'
import { MailboxError } from '#mailbox/mail-store.ts'
import { exits, failed } from '../doveadm/command.ts'
import { isForm, type Form } from '../doveadm/printer.ts'
import { extraneous } from '../doveadm/options.ts'
import { findDoveadm, pluginCommands, usageAlone, usageText } from '../doveadm/tree.ts'
import { doveconf } from './doveconf.ts'
import { absolute } from '../paths.ts'
import { loadDovecotConf } from '../dovecot-conf-files.ts'

export const doveadm: HostCommand = {
  name: 'doveadm',
  async run({ box, words, stdin, user, directory }) {
    const rest = words.slice(1)
    let form: Form | null = null
    while (rest[0]?.startsWith('-')) {
      const option = rest.shift() ?? ''
      if (/^-[fcio]$/.test(option) && rest.length === 0)
        return failed(`doveadm: option requires an argument -- '${option.charAt(1)}'\n`, 89)
      if (option === '-f') {
        const name = rest.shift() ?? ''
        if (!isForm(name))
          return failed(`doveadm: Fatal: Unknown print formatter: ${name}\n`, exits.temporary)
        form = name
      } else if (option === '-c') {
        const file = rest.shift() ?? ''
        if ((await box.machine.disk.stat(absolute(directory, file))) === null)
          return failed(noConf(file), exits.temporary)
      } else if (option === '-i')
        return failed(`doveadm: Fatal: Unknown instance name: ${rest.shift() ?? ''}\n`, exits.temporary)
      else if (option === '-o') rest.shift()
      else if (option === '-h') return failed(usageText([]), exits.usage)
      else if (option !== '-D' && option !== '-v')
        return failed(`doveadm: invalid option -- '${option.charAt(1)}'\n`, 89)
    }
    if (rest[0] === 'config') {
      const words = ['doveconf', ...(rest.length > 1 ? rest.slice(1) : ['-a'])]
      return doveconf.run({ box, words, stdin, user, directory })
    }
    try {
      const settings = createDovecotSettings({
        conf: await loadDovecotConf(box.machine.disk, '/etc/dovecot/dovecot.conf'),
        protocol: 'doveadm',
      })
      const plugins = settings.list('mail_plugins')
      if (rest[0] === 'help') return help(rest.slice(1), plugins)
      const [first = ''] = rest
      if (pluginCommands.includes(first) && !plugins.includes(first))
        return failed(unloaded(first), exits.temporary)
      const found = findDoveadm(rest)
      if (found === null) return failed(usageAlone(rest) ?? usageText(rest, plugins), exits.usage)
      return await found.command.run({ box, settings, words: found.rest, form, stdin })
    } catch (error) {
      return trouble(error)
    }
  },
}

const noConf = (file: string): string =>
  `Fatal: Error reading configuration: stat(${file}) failed: No such file or directory\n`

const unloaded = (name: string): string =>
  `Fatal: Unknown command '${name}', but plugin ${name} exists. Try to set mail_plugins=${name}\n`

/** The pages of the manual are not on the box. */
function help(words: readonly string[], plugins: readonly string[]): CommandResult {
  const [page, ...more] = words
  if (page === undefined) return failed(usageText([], plugins), exits.usage)
  return extraneous(more) ?? failed(`No manual entry for doveadm-${page}\n`, 16)
}

function trouble(error: unknown): CommandResult {
  if (error instanceof MailboxError) return failed(`doveadm: Error: ${error.message}\n`, exits.temporary)
  if (error instanceof DiskError && error.code === 'ENOENT')
    return failed(`doveadm: Fatal: open(${error.path}) failed: No such file or directory\n`, 89)
  throw error
}
