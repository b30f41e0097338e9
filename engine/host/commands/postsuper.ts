/**
 * postsuper: the queue in the superuser's hands: delete, hold, release, requeue, expire.
 *
 * postsuper(1).
 */
import type { Box, HostCommand } from '#host/command.ts'
import type { QueueControl, QueueName } from '#mta/handover.ts'
import { optionProblem, readOptions } from './arguments.ts'

const usage =
  'postsuper: fatal: usage: postsuper [-c config_dir] [-d queue_id (delete)] [-e queue_id (expire)] [-f queue_id (expire and/or un-hold)] [-h queue_id (hold)] [-H queue_id (un-hold)] [-p (purge temporary files)] [-r queue_id (requeue)] [-s (structure fix)] [-S (redundant structure fix)][-v (verbose)] [queue...]\n'

type Action = Parameters<QueueControl['change']>[0]

/** Letter → what is done, what is said of one message, and of all. In the order of the final report. */
const actions: readonly {
  readonly letter: string
  readonly action: Action
  readonly one: string
  readonly all: string
}[] = [
  { letter: 'e', action: 'expire', one: 'expired', all: 'Force-expired' },
  { letter: 'd', action: 'delete', one: 'removed', all: 'Deleted' },
  { letter: 'r', action: 'requeue', one: 'requeued', all: 'Requeued' },
  { letter: 'h', action: 'hold', one: 'placed on hold', all: 'Placed on hold' },
  { letter: 'H', action: 'release', one: 'released from hold', all: 'Released from hold' },
]

const unheld = 'Released from hold'

const queues: readonly string[] = ['maildrop', 'incoming', 'active', 'deferred', 'hold', 'corrupt']

export const postsuper: HostCommand = {
  name: 'postsuper',
  async run({ box, user, words, stdin }) {
    if (user !== 'root') {
      return fatal('postsuper: fatal: use of this command is reserved for the superuser\n')
    }
    const read = readOptions(words.slice(1), 'c:d:e:f:h:H:pr:sSv')
    if (read.kind !== 'options') return fatal(optionProblem('postsuper', read) + usage)
    const unknown = read.rest.find((queue) => !queues.includes(queue))
    if (unknown !== undefined) return fatal(`postsuper: fatal: invalid directory name: ${unknown}\n`)

    let stderr = ''
    const counts = new Map<string, number>()
    for (const { letter, value } of read.options) {
      const known = actions.find((one) => one.letter === (letter === 'f' ? 'e' : letter))
      if (!known) continue
      const ids = value === '-' ? stdin.split(/\s+/).filter((id) => id !== '') : [value]
      for (const id of ids) {
        const said = await changeOne(box, known, id, read.rest)
        stderr += said.text
        counts.set(known.all, (counts.get(known.all) ?? 0) + said.count)
        if (letter === 'f') {
          const released = await changeOne(box, { action: 'release', one: '' }, id, read.rest)
          counts.set(unheld, (counts.get(unheld) ?? 0) + released.count)
        }
      }
      if (ids.length === 0) counts.set(known.all, counts.get(known.all) ?? 0)
    }
    for (const { all } of actions) {
      const count = counts.get(all)
      if (count === undefined) continue
      const text = `${all}: ${count} message${count === 1 ? '' : 's'}`
      stderr += `postsuper: ${text}\n`
      box.machine.emit({ type: 'daemon.logged', daemon: 'postsuper', level: 'info', text })
    }
    return { stdout: '', stderr, exit: 0 }
  },
}

const fatal = (stderr: string) => ({ stdout: '', stderr, exit: 1 })

async function changeOne(
  box: Box,
  { action, one }: { readonly action: Action; readonly one: string },
  id: string,
  only: readonly string[],
): Promise<{ readonly text: string; readonly count: number }> {
  if (!/^[0-9A-Za-z]+$/.test(id)) {
    return { text: `postsuper: warning: invalid mail queue id: ${id}\n`, count: 0 }
  }
  const messages = id === 'ALL' ? 'ALL' : { queueId: id }
  const done: string[] = []
  for (const queue of only.length === 0 ? [undefined] : only) {
    done.push(
      ...((await box.queue?.change(action, messages, ...(queue === undefined ? [] : [queue as QueueName]))) ??
        []),
    )
  }
  if (messages === 'ALL' || one === '') return { text: '', count: done.length }
  for (const queueId of done) {
    if (action === 'delete') continue
    box.machine.emit({ type: 'daemon.logged', daemon: 'postsuper', level: 'info', text: one, queueId })
  }
  return { text: done.map((queueId) => `postsuper: ${queueId}: ${one}\n`).join(''), count: done.length }
}
