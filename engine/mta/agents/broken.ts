/**
 * An agent that cannot run as it is configured: it says why and dies, and the mail stays where it is until somebody
 * mends the configuration.
 *
 * master(8): a daemon that dies at once is started again after a while.
 */
import type { Settings } from '#config/settings.ts'
import type { Machine } from '#engine/machine.ts'
import type { Agent, DeliveryRequest, DeliveryResult, Recipient } from '../handover.ts'
import { deferred } from './results.ts'

/** The daemon died before it could say anything of this recipient. */
export const crashed = (recipient: Recipient): DeliveryResult =>
  deferred(recipient, '4.3.0', 'unknown mail transport error', { silent: true })

/** `at once`: nobody takes the request, and the queue manager waits; `asked`: it dies over the request. */
export function createBrokenAgent(input: {
  readonly machine: Machine
  readonly daemon: string
  readonly reason: string
  readonly dies: 'at once' | 'asked'
  /** How long the queue manager waits: ipc_timeout. */
  readonly patience: number
}): Agent {
  const { machine, daemon, reason, dies, patience } = input
  return {
    async deliver({ recipients }: DeliveryRequest) {
      machine.emit({ type: 'daemon.logged', daemon, level: 'fatal', text: reason })
      if (dies === 'at once') await machine.clock.sleep(patience)
      return recipients.map(crashed)
    },
  }
}

/** A mailbox must have room for the largest message. Null when it has. */
function sizeConflict(settings: Settings, parameter: string): string | null {
  const mailbox = settings.number(parameter)
  const message = settings.number('message_size_limit')
  if (mailbox <= 0) return null
  if (message <= 0) return `configuration error: ${parameter} is limited but message_size_limit is unlimited`
  return mailbox < message ? `configuration error: ${parameter} is smaller than message_size_limit` : null
}

/** Settings with which a mailbox agent ends at once, in its own words; null when it can run. */
export function startProblem(settings: Settings, daemon: 'local' | 'virtual'): string | null {
  const size = sizeConflict(settings, daemon === 'local' ? 'mailbox_size_limit' : 'virtual_mailbox_limit')
  const base = daemon === 'virtual' ? ['virtual_mailbox_base'] : []
  const lock = daemon === 'local' ? 'mailbox_delivery_lock' : 'virtual_mailbox_lock'
  const empty = [...base, lock].find((name) => settings.text(name) === '')
  if (empty !== undefined) return `bad string length 0 < 1: ${empty} = `
  return (
    size ?? unknownWord(settings, daemon === 'local' ? { [lock]: locks, ...localWords } : { [lock]: locks })
  )
}

const locks = ['flock', 'fcntl', 'dotlock']
const places = ['alias', 'forward', 'include']
const localWords = {
  allow_mail_to_commands: places,
  allow_mail_to_files: places,
  prepend_delivered_header: ['command', 'file', 'forward'],
}

/** A list of words that Postfix must know, every one. */
function unknownWord(settings: Settings, known: Readonly<Record<string, readonly string[]>>): string | null {
  for (const [name, words] of Object.entries(known)) {
    const wrong = settings.list(name).find((word) => !words.includes(word.toLowerCase()))
    if (wrong !== undefined) return `unknown ${name} value "${wrong}" in "${settings.text(name)}"`
  }
  return null
}
