// What a real Postfix made of the recorded letters, once smtpd had taken them: mailboxes, reports, relayed mail, log.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { normalMessageLine, type SmtpCase } from '../truth/smtp-case.ts'
import type { FactOf } from '#trace/events.ts'
import { openHouse, sink, type House, type Letter } from './mta-house.ts'

const folder = join(import.meta.dirname, '../truth/cases/smtp')
const cases = ['access', 'aliases', 'data', 'delivery', 'relay', 'rewriting', 'virtual'].flatMap((category) =>
  readdirSync(join(folder, category)).map(
    (name) => JSON.parse(readFileSync(join(folder, category, name), 'utf8')) as SmtpCase,
  ),
)

describe('a recorded letter ends where Postfix brought it', () => {
  for (const one of cases) {
    const letters = lettersOf(one)
    // A recording that was cut for length tells nothing of the end of its lines.
    if (letters.length === 0 || JSON.stringify(one.outcome).includes(' more characters}')) continue
    test(`${one.id}: ${one.about}`, async () => {
      const sinks = Object.fromEntries(
        Object.entries(one.next_hops ?? {}).map(([address, options]) => [address, sink(options)]),
      )
      const house = await openHouse({
        hostname: one.hostname,
        addresses: ['127.0.0.1'],
        mainCf: ['inet_interfaces = 127.0.0.1', ...one.main_cf.map(pathsOf)],
        files: Object.fromEntries(
          Object.entries(one.files ?? {}).map(([name, text]) => [name, pathsOf(text)]),
        ),
        users: Object.keys(one.accounts),
        zone: one.zone ?? [],
        others: Object.fromEntries(Object.entries(sinks).map(([address, { accept }]) => [address, accept])),
      })
      await house.machine.disk.apply([{ kind: 'mkdir', path: '/etc/postfix/files' }])
      for (const letter of letters) {
        await house.submit(letter)
        await house.rest()
      }
      expect(logOf(house)).toEqual(
        (one.outcome.log ?? []).filter((line) => !line.startsWith('smtpd:')).sort(),
      )
      expect(await messagesOf(house, one)).toEqual(recordedMessages(one))
      expect(queueOf(house)).toEqual(one.outcome.queue ?? [])
      expect(Object.values(sinks).flatMap(({ accepted }) => accepted.map(({ rcpt }) => rcpt))).toEqual(
        (one.outcome.relayed ?? []).map(({ rcpt }) => [...rcpt]),
      )
      await house.mta.stop()
    })
  }
})

const pathsOf = (text: string) => text.replaceAll('{CONFIG}', '/etc/postfix').replaceAll('{HOME}', '/home')

/** The transactions that Postfix took: accepted MAIL and RCPT commands, and data without smtpd's own tricks. */
function lettersOf(one: SmtpCase): Letter[] {
  const letters: Letter[] = []
  let from: string | null = null
  let envelope: Letter['envelope'] = {}
  let to: Exclude<Letter['to'][number], string>[] = []
  let helo = ''
  const actions = actionsOf(one)
  for (const [i, step] of one.dialogue.entries()) {
    const reply = one.replies[i + 1]?.at(-1) ?? ''
    if ('send' in step) {
      helo = /^(?:EHLO|HELO) (.*)$/.exec(step.send)?.[1] ?? helo
      const mail = /^MAIL FROM:<([^>]*)>(.*)$/i.exec(step.send)
      const rcpt = /^RCPT TO:<([^>]*)>(.*)$/i.exec(step.send)
      if (mail && reply.startsWith('250')) {
        from = mail[1] ?? ''
        to = []
        const envid = /ENVID=(\S+)/.exec(mail[2] ?? '')?.[1]?.replace('+2B', '+') ?? null
        const ret = /RET=(\w+)/.exec(mail[2] ?? '')?.[1]?.toLowerCase() as 'full' | 'hdrs' | undefined
        envelope = { envid, ret: ret ?? null }
      }
      if (rcpt && reply.startsWith('250')) {
        const notify =
          /NOTIFY=(\S+)/
            .exec(rcpt[2] ?? '')?.[1]
            ?.toLowerCase()
            .split(',') ?? []
        const address = rcpt[1] ?? ''
        to.push({ address, notify: notify as [], orcpt: /ORCPT=(\S+)/.exec(rcpt[2] ?? '')?.[1] ?? null })
      }
    }
    if ('data' in step && from !== null && (one.replies[i] ?? []).at(-1)?.startsWith('354')) {
      const outsider = one.client_ip !== '127.0.0.1'
      const client = { name: outsider ? 'unknown' : 'localhost', address: one.client_ip }
      const escaped = step.data[0]?.startsWith(' ')
      if (!escaped) letters.push({ from, to, lines: step.data, client, helo, envelope, actions })
    } else if ('raw' in step || 'repeat' in step) {
      return []
    }
  }
  return letters
}

/** What smtpd's access tables asked for, as far as the log tells. */
function actionsOf(one: SmtpCase): NonNullable<Letter['actions']> {
  return (one.outcome.log ?? []).flatMap((line): NonNullable<Letter['actions']> => {
    const redirect = /^smtpd: .* triggers REDIRECT (\S+);/.exec(line)?.[1]
    if (redirect !== undefined) return [{ kind: 'redirect' as const, to: redirect }]
    if (/^smtpd: \S+: hold:/.test(line)) return [{ kind: 'hold' as const, reason: '' }]
    if (/^smtpd: \S+: discard:/.test(line)) return [{ kind: 'discard' as const, reason: '' }]
    const bcc = /^smtpd: .* triggers BCC (\S+);/.exec(line)?.[1]
    if (bcc !== undefined) return [{ kind: 'bcc' as const, to: bcc }]
    const filter = /^smtpd: .* triggers FILTER (\S+);/.exec(line)?.[1]
    if (filter !== undefined) return [{ kind: 'filter' as const, transport: filter }]
    const prepend = /^smtpd: \S+: prepend: .*: (\S+: .*)$/.exec(line)?.[1]
    return prepend === undefined ? [] : [{ kind: 'prepend' as const, header: prepend }]
  })
}

function logOf(house: House): string[] {
  const acted = house
    .of('daemon.logged')
    .filter(({ daemon, text }) => daemon === 'cleanup' && /^[a-z]+: (header|body|content) /.test(text))
    .map(({ text }) => `cleanup: {QUEUEID}: ${text}`)
  return [...acted, ...house.of('delivery.result').map(resultLine)].map(masked).sort()
}

function resultLine(fact: FactOf<'delivery.result'>): string {
  const { agent, recipient, original, relay, status, text, outcome, soft } = fact
  const from = original === recipient || original === '' ? '' : ` orig_to=<${original}>,`
  return `${agent}: to=<${recipient}>,${from} relay=${relay}, dsn=${status}, status=${soft ? 'SOFTBOUNCE' : outcome} (${text})`
}

const masked = (line: string) =>
  line
    .replace(/forwarded as [0-9A-F]+/, 'forwarded as {QUEUEID}')
    .replaceAll('/etc/postfix', '{CONFIG}')
    .replace(/\/home\//g, '{HOME}/')

async function messagesOf(
  house: House,
  one: SmtpCase,
): Promise<Record<string, readonly (readonly string[])[]>> {
  const found: Record<string, readonly (readonly string[])[]> = {}
  for (const name of Object.keys(one.outcome.messages ?? {})) {
    if (name === 'relayed') continue
    const texts = await textsAt(house, name)
    found[name] = sorted(
      texts.map((text) =>
        text
          .replace(/\n+$/, '')
          .split('\n')
          .map((line) => masked(normalMessageLine(line))),
      ),
    )
  }
  return found
}

async function textsAt(house: House, name: string): Promise<readonly string[]> {
  const { disk } = house.machine
  if (/^\w+$/.test(name) && (await disk.stat(`/home/${name}`))) return house.maildir(`/home/${name}/Maildir`)
  const path = name.startsWith('home/')
    ? `/${name}`
    : name.startsWith('files/')
      ? `/etc/postfix/${name}`
      : `/etc/postfix/vmail/${name}`
  if (name.endsWith('/')) return house.maildir(path.replace(/\/$/, ''))
  const text = await disk.readText(path)
  return text.split(/^From .*\n/m).filter((part) => part !== '')
}

const recordedMessages = (one: SmtpCase) =>
  Object.fromEntries(
    Object.entries(one.outcome.messages ?? {})
      .filter(([name]) => name !== 'relayed')
      .map(([name, messages]) => [name, sorted(messages)]),
  )

const sorted = (messages: readonly (readonly string[])[]) =>
  [...messages].sort((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1))

const queueOf = (house: House) =>
  house
    .of('queue.moved')
    .filter(({ to }) => to === 'hold' || to === 'deferred')
    .map(({ queueId, to }) => {
      const created = house.of('queue.created').find((fact) => fact.queueId === queueId)
      const recipients = house.of('queue.recipient').filter((fact) => fact.queueId === queueId)
      const reasons = house.of('delivery.result').filter((fact) => fact.queueId === queueId)
      return {
        queue_name: to,
        sender: created?.sender,
        recipients: recipients.map(({ recipient }) => {
          const reason = reasons.find((fact) => fact.recipient === recipient)?.text
          return { address: recipient, ...(reason === undefined ? {} : { delay_reason: reason }) }
        }),
      }
    })
