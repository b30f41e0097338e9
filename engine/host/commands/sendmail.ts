/**
 * sendmail: how programs of this box send mail, with the options that sendmail has had since 1983.
 *
 * sendmail(1). Reads the message from its input up to the end or a line with a dot; `-i` takes such a line as text,
 * `-t` takes the recipients from the header.
 */
import type { Box, CommandResult, HostCommand } from '#host/command.ts'
import { addressesIn, readAddressList } from '#protocol/message/address-list.ts'
import { headerValue, readFields } from '#protocol/message/header.ts'
import type { Notify } from '#mta/handover.ts'
import { optionProblem, readOptions } from './arguments.ts'
import { newaliases } from './newaliases.ts'
import { listQueue } from './postqueue.ts'
import { printQueue } from './queue-listing.ts'

/** EX_TEMPFAIL: a program that sends mail keeps it and tries again. */
const tempfail = (stderr: string): CommandResult => ({ stdout: '', stderr, exit: 75 })
const done: CommandResult = { stdout: '', stderr: '', exit: 0 }

/** Letters with a value; the rest, as -B 8BITMIME or -m, are for programs that expect a sendmail. */
const letters = 'A:B:C:F:GIL:N:O:R:UV:X:b:ce:f:h:imno:p:q:r:tvx'

export const sendmail: HostCommand = {
  name: 'sendmail',
  async run(input) {
    const { box, user, words, stdin } = input
    const given = words.slice(1).map((word) => (word === '-q' ? '-qnow' : word))
    const read = readOptions(given, letters)
    const account = await box.machine.user(user)
    const who = `${user}(${account?.uid ?? 0})`
    if (read.kind !== 'options') {
      const twice = optionProblem('sendmail', read).repeat(read.kind === 'invalid' ? 2 : 1)
      return tempfail(`${twice}sendmail: fatal: usage: sendmail [options]\n`)
    }
    const value = (letter: string) => read.options.findLast((option) => option.letter === letter)?.value
    const has = (letter: string) => read.options.some((option) => option.letter === letter)
    const mode = value('b') ?? 'm'
    const otherDirectory = value('C')?.replace(/\/main\.cf$/, '')
    if (otherDirectory !== undefined && otherDirectory !== '/etc/postfix' && user !== 'root') {
      return tempfail(
        `sendmail: error: unauthorized configuration directory name: ${otherDirectory}\n` +
          `sendmail: fatal: specify "alternate_config_directories = ${otherDirectory}" or ` +
          `"multi_instance_directories = ${otherDirectory}" in /etc/postfix/main.cf\n`,
      )
    }
    const body = value('B')
    if (body !== undefined && !/^(8bitmime|7bit)$/i.test(body)) {
      return tempfail('sendmail: fatal: -B option needs 8BITMIME or 7BIT\n')
    }
    if (mode === 'p') return listQueue(box, printQueue)
    // What a daemon would do is Postfix's own business here.
    if ('dlhH'.includes(mode)) return done
    if (has('q')) return flushQueue(box)
    if (mode === 'i' || has('I')) return newaliases.run({ ...input, words: ['newaliases'] })
    if (mode === 'v') {
      if (read.rest.length === 0) {
        return tempfail(
          `sendmail: fatal: ${who}: Recipient addresses must be specified on the command line or via the -t option\n`,
        )
      }
      const asker = value('f') ?? value('r') ?? user
      await box.queue?.verify(read.rest.flatMap(readRecipients), asker)
      return { stdout: `Mail Delivery Status Report will be mailed to <${asker}>.\n`, stderr: '', exit: 0 }
    }
    if (mode === 's') {
      if (!box.speakSmtp) return tempfail(`sendmail: fatal: ${who}: unable to execute smtpd\n`)
      return { ...done, stdout: await box.speakSmtp(user, stdin) }
    }
    if (mode !== 'm') return tempfail(`sendmail: fatal: unsupported: -b${mode}\n`)

    if (has('n')) return tempfail('sendmail: fatal: -n option not supported\n')
    const allowed = await maySubmit(box, user)
    if (!allowed) {
      return tempfail(`sendmail: fatal: User ${who} is not allowed to submit mail\n`)
    }
    const dsn = readDsnOptions(value('N'), value('R'))
    const content = messageOf(stdin, has('i') || has('I') || value('o') === 'i')
    const sender = value('f') ?? value('r') ?? user
    const whose = `${sender}(${account?.uid ?? 0})`
    const recipients = has('t')
      ? [...read.rest.flatMap(readRecipients), ...headerRecipients(content)]
      : read.rest.flatMap(readRecipients)
    if (recipients.length === 0) {
      return tempfail(
        has('t')
          ? `sendmail: fatal: ${whose}: No recipient addresses found in message header\n`
          : `sendmail: fatal: ${whose}: Recipient addresses must be specified on the command line or via the -t option\n`,
      )
    }
    const limit = box.postfix?.settings.number('message_size_limit') ?? 0
    const bytes = Buffer.from(content, 'utf8')
    if (limit > 0 && bytes.length > limit) return tempfail(`sendmail: fatal: ${who}: message file too big\n`)
    if (!box.queue)
      return tempfail(`sendmail: fatal: ${who}: unable to execute postdrop: mail system is not installed\n`)
    const reports = has('v')
    await box.queue.post({
      sender: sender === '<>' ? '' : sender,
      recipients,
      content: bytes,
      user,
      notify: dsn.notify,
      ret: dsn.ret,
      envid: value('V') ?? null,
      ...(reports ? { report: true } : {}),
    })
    const stdout = reports ? `Mail Delivery Status Report will be mailed to <${sender}>.\n` : ''
    return { ...done, stdout, stderr: dsn.stderr }
  },
}

/** authorized_submit_users: `!anna, static:all`. */
async function maySubmit(box: Box, user: string): Promise<boolean> {
  for (const item of box.postfix?.settings.list('authorized_submit_users') ?? []) {
    const pattern = item.replace(/^!/, '')
    const found = pattern.includes(':')
      ? (await box.postfix?.tables.open(pattern).lookup(user))?.outcome === 'found'
      : pattern === user
    if (found) return !item.startsWith('!')
  }
  return box.postfix === null
}

/** `-N success,failure` and `-R hdrs`; words that mean nothing are complained of and left out. */
function readDsnOptions(
  wanted: string | undefined,
  part: string | undefined,
): { readonly notify: Notify; readonly ret: 'full' | 'hdrs' | null; readonly stderr: string } {
  const words = (wanted ?? '')
    .toLowerCase()
    .split(',')
    .filter((word) => word !== '')
  const known = ['never', 'success', 'failure', 'delay'] as const
  const bad = words.find((word) => !(known as readonly string[]).includes(word))
  const warnings = []
  if (bad !== undefined) {
    warnings.push(`unknown DSN NOTIFY command value "${bad}" in "${wanted ?? ''}"`)
    warnings.push('bad -N option value -- ignored')
  }
  const ret = part?.toLowerCase()
  const knownRet = ret === 'full' || ret === 'hdrs' ? ret : null
  if (ret !== undefined && knownRet === null) warnings.push('bad -R option value -- ignored')
  return {
    notify: bad === undefined ? known.filter((word) => words.includes(word)) : [],
    ret: knownRet,
    stderr: warnings.map((warning) => `sendmail: warning: ${warning}\n`).join(''),
  }
}

async function flushQueue(box: Box): Promise<CommandResult> {
  if (!box.queue || !box.running('postfix')) {
    return tempfail('postqueue: fatal: Cannot flush mail queue - mail system is down\n')
  }
  await box.queue.flush({ kind: 'all' })
  return done
}

function messageOf(stdin: string, dots: boolean): string {
  const lines = stdin.replace(/\r\n/g, '\n').replace(/\n$/, '').split('\n')
  const end = dots ? -1 : lines.indexOf('.')
  return (end < 0 ? lines : lines.slice(0, end)).map((line) => `${line}\n`).join('')
}

const readRecipients = (word: string): readonly string[] => addressesIn(readAddressList(word))

/** With Resent- fields, those name the recipients. RFC 5322 §3.6.6. */
function headerRecipients(content: string): readonly string[] {
  const fields = readFields(content)
  const named = (names: readonly string[]) =>
    fields
      .filter(({ name }) => names.includes(name.toLowerCase()))
      .flatMap((field) => readRecipients(headerValue(field)))
  const resent = fields.some(({ name }) => name.toLowerCase().startsWith('resent-'))
  return resent ? named(['resent-to', 'resent-cc', 'resent-bcc']) : named(['to', 'cc', 'bcc'])
}
