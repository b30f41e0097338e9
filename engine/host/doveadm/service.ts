/** doveadm who, kick, log, reload, stop. doveadm-who(1), doveadm-kick(1), doveadm-log(1). */
import type { MailSession } from '#host/command.ts'
import { inNetwork } from '#config/network.ts'
import { done, exits, failed, grouped, type DoveadmCommand } from './command.ts'
import { printRows } from './printer.ts'

const who: DoveadmCommand = {
  name: 'who',
  usage: '[-a <anvil socket path>] [-1] [<user mask>] [<ip/bits>]',
  async run({ box, words, form }) {
    const wrong = words.find((word) => /^-[^1a]/.test(word))
    if (wrong !== undefined) return failed(`who: invalid option -- '${wrong.charAt(1)}'\n`, exits.usage)
    const found = filtered(
      box.mail?.sessions() ?? [],
      words.filter((word) => !word.startsWith('-')),
    )
    if (words.includes('-1')) {
      const columns = [
        { name: 'username', expand: true },
        { name: 'proto' },
        { name: 'pid' },
        { name: 'ip' },
      ] as const
      const rows = found.map(({ user, protocol, pid, address }) => [user, protocol, String(pid), address])
      return done(printRows(form ?? 'table', columns, rows))
    }
    const columns = ['username', '#', 'proto', '(pids)', '(ips)'].map((name) => ({ name }))
    const groups = grouped(found, ({ user, protocol }) => `${user}\0${protocol}`)
    const rows = [...groups.values()].map((sessions) => {
      const [{ user, protocol } = { user: '', protocol: '' }] = sessions
      const pids = sessions.map(({ pid }) => pid).join(' ')
      const addresses = [...new Set(sessions.map(({ address }) => address))].join(' ')
      return [user, String(sessions.length), protocol, `(${pids})`, `(${addresses})`]
    })
    return done(printRows(form ?? 'table', columns, rows))
  },
}

/** By a mask of users, an address or a network, or both. */
function filtered(sessions: readonly MailSession[], words: readonly string[]): readonly MailSession[] {
  return sessions.filter(({ user, address }) =>
    words.every((word) =>
      /^[\d.]+(?:\/\d+)?$|:/.test(word)
        ? inNetwork(address, word)
        : new RegExp(
            `^${word
              .replace(/[.+^${}()|[\]\\]/g, '\\$&')
              .replace(/\*/g, '.*')
              .replace(/\?/g, '.')}$`,
          ).test(user),
    ),
  )
}

const kick: DoveadmCommand = {
  name: 'kick',
  usage: '[-a <anvil socket path>] <user mask>[|]<ip/bits>',
  async run({ box, words }) {
    const wanted = words.filter((word) => !word.startsWith('-'))
    if (wanted.length === 0) return failed('Error: user and/or ip[/bits] must be specified.\n', exits.usage)
    const found = filtered(box.mail?.sessions() ?? [], wanted)
    if (found.length === 0) return { stdout: 'no users kicked\n', stderr: '', exit: exits.notFound }
    for (const session of found) box.mail?.kick(session)
    const users = [...new Set(found.map(({ user }) => user))].join(' ')
    return done(`${users} kicked connections from the following users:\n\n`)
  },
}

const logPath = '/var/log/mail.log'

const logFind: DoveadmCommand = {
  name: 'log find',
  usage: '[<dir>]',
  async run() {
    return done(
      ['Debug', 'Info', 'Warning', 'Error', 'Fatal'].map((level) => `${level}: ${logPath}\n`).join(''),
    )
  },
}

const logErrors: DoveadmCommand = {
  name: 'log errors',
  usage: '[-s <min_timestamp>]',
  async run({ box }) {
    const { disk } = box.machine
    const text = (await disk.stat(logPath)) === null ? '' : await disk.readText(logPath)
    const lines = text
      .split('\n')
      .filter((line) => / dovecot(?:\[\d+\])?: .*\b(?:error|fatal|panic|warning): /i.test(line))
    const shown = lines.slice(-1000).map((line) => {
      const [, stamp = '', daemon = '', level = '', rest = ''] =
        /^(\w{3} [ \d]\d [\d:]{8}) .*? dovecot(?:\[\d+\])?: ([^:]*): (error|fatal|panic|warning): (.*)$/i.exec(
          line,
        ) ?? []
      return stamp === ''
        ? `${line}\n`
        : `${stamp} ${level.charAt(0).toUpperCase()}${level.slice(1)}: ${daemon}: ${rest}\n`
    })
    return done(shown.join(''))
  },
}

/** A host's mail log is one file, appended to; there is nothing to open anew. */
const logReopen: DoveadmCommand = { name: 'log reopen', usage: '', run: () => Promise.resolve(done()) }

const logTest: DoveadmCommand = {
  name: 'log test',
  usage: '',
  async run({ box }) {
    for (const level of ['info', 'warning', 'error', 'fatal'] as const) {
      const text = `This is Dovecot's ${level} log (${Math.floor(box.machine.clock.now() / 1000)})`
      box.machine.emit({ type: 'daemon.logged', daemon: 'dovecot', level, text })
    }
    return done()
  },
}

const controlling = (name: 'reload' | 'stop'): DoveadmCommand => ({
  name,
  usage: '',
  async run({ box }) {
    if (!box.running('dovecot')) {
      return failed('Fatal: Dovecot is not running (read from /run/dovecot/master.pid)\n', exits.temporary)
    }
    const problem = await box.control('dovecot', name)
    return problem === null ? done() : failed(`Fatal: ${problem}\n`, exits.temporary)
  },
})

export const serviceCommands: readonly DoveadmCommand[] = [
  kick,
  logErrors,
  logFind,
  logReopen,
  logTest,
  controlling('reload'),
  controlling('stop'),
  who,
]
