/** doveadm who, kick, log, reload, stop. doveadm-who(1), doveadm-kick(1), doveadm-log(1). */
import type { Box, CommandResult, MailSession } from '#host/command.ts'
import { addressBytes, inNetwork } from '#config/network.ts'
import { done, exits, failed, grouped, wildcards, type DoveadmCommand } from './command.ts'
import { commandOptions, extraneous, isResult, type CommandOptions } from './options.ts'
import { printRows } from './printer.ts'

const who: DoveadmCommand = {
  name: 'who',
  usage: '[-a <anvil socket path>] [-1] [<user mask>] [<ip/bits>]',
  async run({ box, words, form }) {
    const options = commandOptions('who', words, '1a:')
    if (isResult(options)) return options
    const unfitting = (await noAnvil(box, options)) ?? severalMasks(options.rest)
    if (unfitting !== null) return unfitting
    const all = box.mail?.sessions() ?? []
    const found = filtered(all, options.rest)
    if (options.given.has('1')) {
      const columns = [
        { name: 'username', expand: true },
        { name: 'service', head: 'proto' },
        { name: 'pid' },
        { name: 'ip' },
      ] as const
      const rows = found.map(({ user, protocol, pid, address }) => [user, protocol, String(pid), address])
      return done(printRows(form ?? 'table', columns, rows))
    }
    const columns = [
      { name: 'username' },
      { name: 'connections', head: '#' },
      { name: 'service', head: 'proto' },
      { name: 'pids', head: '(pids)' },
      { name: 'ips', head: '(ips)' },
    ]
    const groups = grouped(all, ({ user, protocol }) => `${user}\0${protocol}`)
    // Who has one connection from there is shown with all.
    const shown = [...groups.values()].filter((sessions) => sessions.some((one) => found.includes(one)))
    const rows = shown.map((sessions) => {
      const [{ user, protocol } = { user: '', protocol: '' }] = sessions
      const pids = sessions.map(({ pid }) => pid).join(' ')
      const addresses = [...new Set(sessions.map(({ address }) => address))].join(' ')
      return [user, String(sessions.length), protocol, `(${pids})`, `(${addresses})`]
    })
    if (form !== 'json') return done(printRows(form ?? 'table', columns, rows))
    // The list is closed after the first, as the real one has it.
    const [first, ...others] = rows.map((row) => printRows('json', columns, [row]))
    return done(first === undefined ? '[]' : first + others.map((text) => `,${text.slice(1, -1)}`).join(''))
  },
}

/** A service that is asked at a socket of one's own must be there. */
async function noAnvil(box: Box, { given }: CommandOptions): Promise<CommandResult | null> {
  const { machine } = box
  const socket = given.get('a')
  if (socket === undefined && !box.running('dovecot'))
    return failed('Fatal: net_connect_unix(/run/dovecot/anvil) failed: Connection refused\n', exits.temporary)
  if (socket === undefined || (await machine.disk.stat(socket)) !== null) return null
  return failed(`Fatal: net_connect_unix(${socket}) failed: No such file or directory\n`, exits.temporary)
}

const isNetwork = (word: string): boolean => addressBytes(word.split('/')[0] ?? '') !== null

function severalMasks(words: readonly string[]): CommandResult | null {
  const networks = words.filter(isNetwork)
  if (networks.length > 1) return failed('Error: Multiple network masks not supported\n', exits.usage)
  return words.length - networks.length > 1
    ? failed('Error: Multiple username masks not supported\n', exits.usage)
    : null
}

/** By a mask of users, an address or a network, or both. */
function filtered(sessions: readonly MailSession[], words: readonly string[]): readonly MailSession[] {
  return sessions.filter(({ user, address }) =>
    words.every((word) => (isNetwork(word) ? inNetwork(address, word) : wildcards(word).test(user))),
  )
}

const kick: DoveadmCommand = {
  name: 'kick',
  usage: '[-a <anvil socket path>] <user mask>[|]<ip/bits>',
  async run({ box, words }) {
    const options = commandOptions('kick', words, 'fa:')
    if (isResult(options)) return options
    const wanted = options.rest
    if (wanted.length === 0) return failed('Error: user and/or ip[/bits] must be specified.\n', exits.usage)
    const unfitting = (await noAnvil(box, options)) ?? severalMasks(wanted)
    if (unfitting !== null) return unfitting
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
  async run({ words }) {
    const options = commandOptions('find', words, '')
    if (isResult(options)) return options
    return done(
      ['Debug', 'Info', 'Warning', 'Error', 'Fatal'].map((level) => `${level}: ${logPath}\n`).join(''),
    )
  },
}

const logErrors: DoveadmCommand = {
  name: 'log errors',
  usage: '[-s <min_timestamp>]',
  async run({ box, words }) {
    const options = commandOptions('errors', words, 's:')
    if (isResult(options)) return options
    const extra = extraneous(options.rest)
    if (extra !== null) return extra
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
const logReopen: DoveadmCommand = {
  name: 'log reopen',
  usage: '',
  run: ({ words }) => Promise.resolve(extraneous(words) ?? done()),
}

const logTest: DoveadmCommand = {
  name: 'log test',
  usage: '',
  async run({ box, words }) {
    const extra = extraneous(words)
    if (extra !== null) return extra
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
  async run({ box, words }) {
    const extra = extraneous(words)
    if (extra !== null) return extra
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
