/**
 * service(8), and the scripts of /etc/init.d themselves: start, stop and ask after the daemons of a host.
 * systemctl(1) says the same things more quietly.
 */
import type { Box, CommandResult, HostCommand } from '../command.ts'
import { named } from '#protocol/named.ts'

type Daemon = 'postfix' | 'dovecot' | 'saslauthd'
type Action = (box: Box, daemon: Daemon) => Promise<CommandResult>

const descriptions: Readonly<Record<Daemon, string>> = {
  postfix: 'Postfix Mail Transport Agent',
  dovecot: 'IMAP/POP3 mail server',
  saslauthd: 'SASL Authentication Daemon',
}

const isDaemon = (name: string): name is Daemon => Object.hasOwn(descriptions, name)

const said = (stdout: string, exit = 0): CommandResult => ({ stdout, stderr: '', exit })

const start: Action = async (box, daemon) => {
  const what = `Starting ${descriptions[daemon]}: ${daemon}`
  if (box.running(daemon)) return said(daemon === 'saslauthd' ? `${what} (already running).\n` : `${what}.\n`)
  const problem = await box.control(daemon, 'start')
  return problem === null
    ? said(`${what}.\n`)
    : { stdout: `${what} failed!\n`, stderr: `${problem}\n`, exit: 1 }
}

const stop: Action = async (box, daemon) => {
  const what = `Stopping ${descriptions[daemon]}: ${daemon}`
  if (!box.running(daemon)) return said(daemon === 'saslauthd' ? `${what} (not running).\n` : `${what}.\n`)
  const problem = await box.control(daemon, 'stop')
  return problem === null
    ? said(`${what}.\n`)
    : { stdout: `${what} failed!\n`, stderr: `${problem}\n`, exit: 1 }
}

const restart: Action = async (box, daemon) => {
  const stopped = await stop(box, daemon)
  const started = await start(box, daemon)
  return {
    stdout: stopped.stdout + started.stdout,
    stderr: stopped.stderr + started.stderr,
    exit: started.exit,
  }
}

const reload: Action = async (box, daemon) => {
  const what = `Reloading ${descriptions[daemon]}: ${daemon}`
  const problem = box.running(daemon) ? await box.control(daemon, 'reload') : `${daemon} is not running`
  return problem === null
    ? said(`${what}.\n`)
    : { stdout: `${what} failed!\n`, stderr: `${problem}\n`, exit: 1 }
}

const status: Action = (box, daemon) => {
  const running = box.running(daemon)
  if (daemon === 'saslauthd') {
    const what = `Checking ${descriptions.saslauthd}: saslauthd`
    return Promise.resolve(
      running ? said(`${what} (running).\n`) : said(`${what} (not running) failed!\n`, 3),
    )
  }
  return Promise.resolve(said(`${daemon} is ${running ? 'running' : 'not running'}.\n`, running ? 0 : 3))
}

const actions: Readonly<Record<string, Action>> = named({
  start,
  stop,
  restart,
  reload,
  'force-reload': reload,
  status,
})

export const service: HostCommand = {
  name: 'service',
  async run({ box, words: [, name, verb] }) {
    if (name === undefined) {
      const usage =
        'Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n'
      return { stdout: '', stderr: usage, exit: 1 }
    }
    if (name === '--status-all') {
      const lines = Object.keys(descriptions)
        .filter(isDaemon)
        .map((daemon) => ` [ ${box.running(daemon) ? '+' : '-'} ]  ${daemon}\n`)
      return said(lines.sort().join(''))
    }
    if (!isDaemon(name)) return { stdout: '', stderr: `${name}: unrecognized service\n`, exit: 1 }
    return script(box, name, verb === '--full-restart' ? 'restart' : verb)
  },
}

const initScript = (daemon: Daemon): HostCommand => ({
  name: `/etc/init.d/${daemon}`,
  run: ({ box, words: [, verb] }) => script(box, daemon, verb),
})

export const initScripts: readonly HostCommand[] = [
  initScript('postfix'),
  initScript('dovecot'),
  initScript('saslauthd'),
]

async function script(box: Box, daemon: Daemon, verb: string | undefined): Promise<CommandResult> {
  const action = actions[verb ?? '']
  if (action) return action(box, daemon)
  const usage = `Usage: /etc/init.d/${daemon} {start|stop|restart|reload|force-reload|status}\n`
  return { stdout: '', stderr: usage, exit: daemon === 'postfix' ? 1 : 3 }
}

export const systemctl: HostCommand = {
  name: 'systemctl',
  async run({ box, words: [, verb = '', ...units] }) {
    let result = said('')
    for (const unit of units) {
      const name = unit.replace(/\.service$/, '')
      if (!isDaemon(name)) {
        const stderr =
          verb === 'status'
            ? `Unit ${name}.service could not be found.\n`
            : `Failed to ${verb} ${name}.service: Unit ${name}.service not found.\n`
        return { stdout: '', stderr, exit: verb === 'status' ? 4 : 5 }
      }
      result = joinResults(result, await unitAction(box, name, verb))
    }
    return result
  },
}

async function unitAction(box: Box, daemon: Daemon, verb: string): Promise<CommandResult> {
  const running = box.running(daemon)
  if (verb === 'is-active') return said(running ? 'active\n' : 'inactive\n', running ? 0 : 3)
  if (verb === 'status') {
    const state = running ? 'active (running)' : 'inactive (dead)'
    const mark = running ? '●' : '○'
    return said(
      `${mark} ${daemon}.service - ${descriptions[daemon]}\n     Active: ${state}\n`,
      running ? 0 : 3,
    )
  }
  const action = actions[verb]
  if (!action) return { stdout: '', stderr: `Unknown command verb ${verb}.\n`, exit: 1 }
  const { exit, stderr } = await action(box, daemon)
  // systemd prints only what went wrong.
  return { stdout: '', stderr, exit }
}

const joinResults = (a: CommandResult, b: CommandResult): CommandResult => ({
  stdout: a.stdout + b.stdout,
  stderr: a.stderr + b.stderr,
  exit: Math.max(a.exit, b.exit),
})
