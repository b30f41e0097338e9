/** doveadm penalty, proxy, stats and dump, of services that have nothing to tell in a lab. doveadm(1). */
import { addressBytes } from '#config/network.ts'
import { done, exits, failed, usageOf, type DoveadmCommand } from './command.ts'
import { commandOptions, extraneous, isResult } from './options.ts'
import { printRows } from './printer.ts'

/** Nobody waits: a login that failed is answered at once. */
const penalty: DoveadmCommand = {
  name: 'penalty',
  usage: '[-a <anvil socket path>] [<ip/bits>]',
  async run({ words, form }) {
    const options = commandOptions('penalty', words, 'a:')
    if (isResult(options)) return options
    const [mask] = options.rest
    if (mask !== undefined && addressBytes(mask.split('/')[0] ?? '') === null)
      return failed(`Error: Invalid netmask '${mask}' given\n`, exits.usage)
    const columns = [{ name: 'IP' }, { name: 'penalty' }, { name: 'last_penalty' }, { name: 'last_update' }]
    return done(printRows(form ?? 'table', columns, []))
  },
}

const proxyList: DoveadmCommand = {
  name: 'proxy list',
  usage: '[-a <ipc socket path>]',
  async run({ words }) {
    const options = commandOptions('list', words, 'a:')
    return isResult(options) ? options : (extraneous(options.rest) ?? done())
  },
}

const proxyKick: DoveadmCommand = {
  name: 'proxy kick',
  usage: '[-a <ipc socket path>] [-f <passdb field>] [-h <host> [...] | <user> [...]]',
  async run({ words }) {
    const options = commandOptions('kick', words, 'a:f:h')
    if (isResult(options)) return options
    return options.rest.length === 0 ? usageOf(this) : done('0 connections kicked\n')
  },
}

const statistics = ['count', 'sum', 'min', 'max', 'avg', 'median', 'stddev', '%95']

/** Without `metric` sections nothing is counted. */
const statsDump: DoveadmCommand = {
  name: 'stats dump',
  usage: '[-s <stats socket path>] [-r] [-f <fields>]',
  async run({ words, form }) {
    const options = commandOptions('dump', words, 's:rf:')
    if (isResult(options)) return options
    const extra = extraneous(options.rest)
    if (extra !== null) return extra
    const asked = options.given.get('f')
    const fields = asked === undefined ? statistics : asked.split(/[\s,]+/)
    const columns = ['metric_name', 'field', ...fields].map((name) => ({ name }))
    return done(printRows(form ?? 'tab', columns, []))
  },
}

const statsRemove: DoveadmCommand = {
  name: 'stats remove',
  usage: '<name>',
  async run({ words }) {
    const [name] = words
    return name === undefined
      ? failed('Error: stats remove: missing name parameter\n', exits.usage)
      : failed(`Error: metrics '${name}' not found\n`, 0)
  },
}

const kinds = 'dbox index log mailboxlog thread imapzlib dcrypt-file dcrypt-key multiplex'

const dump: DoveadmCommand = {
  name: 'dump',
  usage: '[-t <type>] <path> [<type-specific args>]',
  async run({ words }) {
    const options = commandOptions('dump', words, 't:')
    if (isResult(options)) return options
    const [path] = options.rest
    if (path === undefined) return usageOf(this)
    const type = options.given.get('t')
    if (type !== undefined && !kinds.split(' ').includes(type))
      return failed(`Available dump types: ${kinds}\nFatal: Unknown type: ${type}\n`, exits.usage)
    return failed(`Fatal: Can't autodetect file type: ${path}\n`, exits.data)
  },
}

export const otherServiceCommands: readonly DoveadmCommand[] = [
  dump,
  penalty,
  proxyKick,
  proxyList,
  statsDump,
  statsRemove,
]
