/**
 * postqueue: shows the mail queue, and asks for delivery now. `mailq` is its oldest use.
 *
 * postqueue(1).
 */
import type { CommandResult, HostCommand } from '#host/command.ts'
import type { Box } from '#host/command.ts'
import { optionProblem, readOptions } from './arguments.ts'
import { printQueue, printQueueJson } from './queue-listing.ts'

const usage =
  'postqueue: fatal: usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site\n'

/** EX_UNAVAILABLE, as sysexits(3) has it. */
const refused = (stderr: string): CommandResult => ({ stdout: '', stderr, exit: 69 })

export const postqueue: HostCommand = {
  name: 'postqueue',
  async run({ box, words }) {
    const read = readOptions(words.slice(1), 'c:fi:jps:v')
    if (read.kind !== 'options') return refused(optionProblem('postqueue', read) + usage)
    const modes = read.options.filter(({ letter }) => !'cv'.includes(letter))
    const [mode] = modes
    if (!mode || modes.length > 1 || read.rest.length > 0) return refused(usage)
    switch (mode.letter) {
      case 'p':
        return listQueue(box, printQueue)
      case 'j':
        return listQueue(box, printQueueJson)
      case 'f':
        if (!box.queue || !box.running('postfix')) {
          return refused('postqueue: fatal: Cannot flush mail queue - mail system is down\n')
        }
        await box.queue.flush({ kind: 'all' })
        return done
      case 'i':
        return flushMessage(box, mode.value)
      default:
        return flushSite(box, mode.value)
    }
  },
}

const done: CommandResult = { stdout: '', stderr: '', exit: 0 }

export async function listQueue(
  box: Box,
  print: (listings: Awaited<ReturnType<NonNullable<Box['queue']>['list']>>) => string,
): Promise<CommandResult> {
  const stderr = box.running('postfix')
    ? ''
    : 'postqueue: warning: Mail system is down -- accessing queue directly (Connect to the Postfix showq service: Connection refused)\n'
  return { stdout: print((await box.queue?.list()) ?? []), stderr, exit: 0 }
}

async function flushMessage(box: Box, queueId: string): Promise<CommandResult> {
  if (!/^[0-9A-Za-z]+$/.test(queueId)) {
    return refused(`postqueue: fatal: Cannot flush queue ID - invalid name: "${queueId}"\n`)
  }
  if (!box.queue || !box.running('postfix')) {
    return refused(`postqueue: fatal: Cannot flush queue ID ${queueId} - mail system is down\n`)
  }
  await box.queue.flush({ kind: 'message', queueId })
  return done
}

async function flushSite(box: Box, site: string): Promise<CommandResult> {
  if (!/^[\w.[\]:-]+$/.test(site)) {
    return refused(`postqueue: fatal: Cannot flush mail queue - invalid destination: "${site}"\n`)
  }
  if (!box.queue || !box.running('postfix')) {
    return refused('postqueue: fatal: Cannot flush mail queue - mail system is down\n')
  }
  const domains = box.postfix?.settings.list('fast_flush_domains') ?? []
  const known = domains.some((domain) => site === domain || site.endsWith(`.${domain.replace(/^\./, '')}`))
  if (!known) {
    return refused(`postqueue: fatal: Flush service is not configured for destination "${site}"\n`)
  }
  await box.queue.flush({ kind: 'site', site })
  return done
}
