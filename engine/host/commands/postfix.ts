/**
 * postfix: starts, stops and reloads the mail system, and says how it is.
 *
 * postfix(1).
 */
import type { CommandResult, HostCommand } from '#host/command.ts'

const script = 'postfix/postfix-script:'
const said = (stderr: string, exit = 0): CommandResult => ({ stdout: '', stderr, exit })
const fatal = (text: string): CommandResult => said(`${script} fatal: ${text}\n`, 1)
const usage =
  "postfix/postfix-script: error: unknown command: '$1'\npostfix/postfix-script: fatal: usage: postfix start (or stop, reload, abort, flush, check, status, set-permissions, upgrade-configuration, logrotate)\n"

export const postfix: HostCommand = {
  name: 'postfix',
  async run({ box, user, words }) {
    if (user !== 'root') return said('postfix: fatal: the postfix command is reserved for the superuser\n', 1)
    const rest = words
      .slice(1)
      .filter((word, i, all) => word !== '-v' && word !== '-c' && all[i - 1] !== '-c')
    const [action] = rest
    const running = box.running('postfix')
    const log = (text: string) =>
      box.machine.emit({ type: 'daemon.logged', daemon: 'postfix-script', level: 'info', text })
    switch (action) {
      case 'start': {
        if (running) return fatal('the Postfix mail system is already running')
        const problem = await box.control('postfix', 'start')
        if (problem !== null) return said(`postfix: fatal: ${problem}\n`, 1)
        log('starting the Postfix mail system')
        return said(`${script} starting the Postfix mail system\n`)
      }
      case 'stop':
      case 'abort':
        if (!running) return fatal('the Postfix mail system is not running')
        await box.control('postfix', 'stop')
        log(`${action === 'stop' ? 'stopping' : 'aborting'} the Postfix mail system`)
        return said(`${script} ${action === 'stop' ? 'stopping' : 'aborting'} the Postfix mail system\n`)
      case 'reload': {
        if (!running) return fatal('the Postfix mail system is not running')
        const problem = await box.control('postfix', 'reload')
        if (problem !== null) return said(`postfix: fatal: ${problem}\n`, 1)
        log('refreshing the Postfix mail system')
        return said(`${script} refreshing the Postfix mail system\n`)
      }
      case 'status':
        return running
          ? said(`${script} the Postfix mail system is running: PID: 1\n`)
          : said(`${script} the Postfix mail system is not running\n`, 1)
      case 'flush':
        if (!running || !box.queue) return fatal('the Postfix mail system is not running')
        await box.queue.flush({ kind: 'all' })
        return said('')
      case 'check':
        return said('')
      case undefined:
        return said('postfix: fatal: usage: postfix [-c config_dir] [-Dv] command\n', 1)
      default:
        return said(usage.replace('$1', action), 1)
    }
  },
}
