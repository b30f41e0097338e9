/**
 * What would have turned a refusal into a yes? Each small change of the session or of main.cf is tried by evaluating
 * the same lists again; only those that really flip the answer are told.
 *
 * Next: what a learner reads beside the reply.
 */
import type { Settings } from '#config/settings.ts'
import type { Machine } from '#engine/machine.ts'
import type { Postfix } from '#mta/postfix.ts'
import { NetError } from '#platform/net.ts'
import { checkRcpt, nothingCarried, type Carry, type Decision } from './checks.ts'
import { createFacts, type FactsInput } from './facts.ts'

export type Flip = {
  readonly kind: 'session' | 'settings'
  /** For a change of main.cf: the parameter and its new value. */
  readonly change: { readonly name: string; readonly value: string } | null
  readonly en: string
  readonly zh: string
}

export type WhyInput = {
  readonly facts: FactsInput
  readonly carry?: Carry
  /** The list, and the place in it, that decided; the item is then taken out on trial. */
  readonly decidedBy: { readonly list: string; readonly index: number } | null
}

type Candidate = Flip & { readonly facts: FactsInput }

/** Candidates that turn the refusal of RCPT into a yes, the smallest change first. Empty when it was no refusal. */
export async function whatWouldFlip({ facts, carry, decidedBy }: WhyInput): Promise<readonly Flip[]> {
  const evaluate = (trial: FactsInput): Promise<Decision> =>
    checkRcpt(createFacts(quietly(trial, facts.recipient)), carry ?? nothingCarried)
  if ((await evaluate(facts)).reply === null) return []

  const flips: Flip[] = []
  for (const candidate of candidates(facts, decidedBy)) {
    if ((await evaluate(candidate.facts)).reply !== null) continue
    const { kind, change, en, zh } = candidate
    flips.push({ kind, change, en, zh })
  }
  return flips
}

function candidates(facts: FactsInput, decidedBy: WhyInput['decidedBy']): readonly Candidate[] {
  return [
    ...ofSession(facts),
    ...ofNetworks(facts),
    ...ofDestination(facts),
    ...ofAccess(facts),
    ...ofDeciding(facts, decidedBy),
  ]
}

const session = (facts: FactsInput, change: Partial<FactsInput>, en: string, zh: string): Candidate => ({
  kind: 'session',
  change: null,
  en,
  zh,
  facts: { ...facts, ...change },
})

const setting = (facts: FactsInput, name: string, value: string, en: string, zh: string): Candidate => ({
  kind: 'settings',
  change: { name, value },
  en,
  zh,
  facts: withSetting(facts, name, value),
})

function ofSession(facts: FactsInput): readonly Candidate[] {
  const { settings, sender, recipient, client } = facts
  const mydomain = settings.text('mydomain')
  const here = settings.list('mydestination').find((name) => /^[\w.-]+$/.test(name)) ?? mydomain
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', bits: 256, certificate: null }
  const named = { ...client, nameStatus: 'ok', reverseStatus: 'ok' } as const
  return [
    ...(facts.sasl
      ? []
      : [
          session(
            facts,
            { sasl: { method: 'PLAIN', username: localOf(sender) || 'alice', sender: '' } },
            'If the client had logged in with AUTH first.',
            '若客户端事先用 AUTH 登录。',
          ),
        ]),
    ...(facts.tls
      ? []
      : [
          session(
            facts,
            { tls },
            'If the session were encrypted: STARTTLS first.',
            '若会话经过加密：先发 STARTTLS。',
          ),
        ]),
    session(
      facts,
      {
        client: { ...client, name: 'localhost', address: '127.0.0.1', nameStatus: 'ok', reverseStatus: 'ok' },
      },
      'If the letter came from this server itself (127.0.0.1).',
      '若信件来自本机自身（127.0.0.1）。',
    ),
    ...(client.nameStatus === 'ok'
      ? []
      : [
          session(
            facts,
            { client: { ...named, name: `client.${mydomain}`, reverseName: `client.${mydomain}` } },
            `If ${client.address} had a name in DNS that leads back to it.`,
            `若 ${client.address} 在 DNS 中有主机名，且能反查回该地址。`,
          ),
        ]),
    session(
      facts,
      { helo: `client.${mydomain}` },
      'If the client gave a full host name in HELO.',
      '若客户端在 HELO 中报上完整的主机名。',
    ),
    ...(sender === null || sender === ''
      ? []
      : [
          session(facts, { sender: '' }, 'If the sender were the null sender, <>.', '若发件人为空，即 <>。'),
          session(
            facts,
            { sender: `postmaster@${here}` },
            `If the sender were in ${here}.`,
            `若发件人属于 ${here}。`,
          ),
        ]),
    ...(recipient === null
      ? []
      : [
          session(
            facts,
            { recipient: `postmaster@${here}` },
            `If the recipient were someone in ${here}, a domain of this server.`,
            `若收件人是本机的域 ${here} 中的用户。`,
          ),
        ]),
  ]
}

function ofNetworks(facts: FactsInput): readonly Candidate[] {
  const { client, settings } = facts
  const networks = settings.text('mynetworks')
  const own = client.address.includes(':') ? `[${client.address}]` : client.address
  const value = networks === '' ? own : `${networks}, ${own}`
  return [
    setting(
      facts,
      'mynetworks',
      value,
      `If ${client.address} were in mynetworks.`,
      `若 ${client.address} 在 mynetworks 之内。`,
    ),
  ]
}

/** What would make the recipient's domain, or the recipient, one of ours. */
function ofDestination(facts: FactsInput): readonly Candidate[] {
  const { recipient } = facts
  const at = recipient?.lastIndexOf('@') ?? -1
  if (recipient === null || at < 0) return []
  const domain = recipient.slice(at + 1)
  const lists = [
    { name: 'relay_domains', en: 'relayed for', zh: '代为转发' },
    { name: 'mydestination', en: 'delivered here', zh: '在本机投递' },
  ]
  return [
    ...lists.map(({ name, en, zh }) =>
      setting(
        facts,
        name,
        join(facts.settings.text(name), domain),
        `If ${domain} were in ${name}, and so ${en}.`,
        `若 ${domain} 在 ${name} 之内，从而${zh}。`,
      ),
    ),
    setting(
      facts,
      'smtpd_reject_unlisted_recipient',
      'no',
      `If unknown recipients were not refused (smtpd_reject_unlisted_recipient = no): the letter to ${recipient} would bounce later.`,
      `若不在此拒绝未知收件人（smtpd_reject_unlisted_recipient = no）：给 ${recipient} 的信稍后会被退回。`,
    ),
  ]
}

/** Letting in whom the lists do not yet let in. */
function ofAccess(facts: FactsInput): readonly Candidate[] {
  const wanted = [
    { item: 'permit_mynetworks', when: true },
    { item: 'permit_sasl_authenticated', when: facts.sasl !== null },
  ]
  return lists.flatMap((name) =>
    wanted.flatMap(({ item, when }) => {
      const items = facts.settings.list(name)
      if (!when || items.length === 0 || items.includes(item)) return []
      return [
        setting(
          facts,
          name,
          [item, ...items].join(', '),
          `If ${name} began with ${item}.`,
          `若 ${name} 以 ${item} 开头。`,
        ),
      ]
    }),
  )
}

const lists = [
  'smtpd_client_restrictions',
  'smtpd_helo_restrictions',
  'smtpd_sender_restrictions',
  'smtpd_relay_restrictions',
  'smtpd_recipient_restrictions',
]

function ofDeciding(facts: FactsInput, decidedBy: WhyInput['decidedBy']): readonly Candidate[] {
  if (!decidedBy) return []
  const { list, index } = decidedBy
  const items = facts.settings.list(list)
  const item = items[index]
  if (item === undefined) return []
  // Its argument stands behind it: a table, a domain.
  const takes = /^(?:check_|reject_r|permit_(?:dnswl|rhswl)|sleep)/.test(item) ? 2 : 1
  const rest = [...items.slice(0, index), ...items.slice(index + takes)]
  const warned = [...items.slice(0, index), 'warn_if_reject', ...items.slice(index)]
  const shown = items.slice(index, index + takes).join(' ')
  return [
    setting(
      facts,
      list,
      rest.join(', '),
      `If ${list} did not have ${shown}.`,
      `若 ${list} 中没有 ${shown}。`,
    ),
    setting(
      facts,
      list,
      warned.join(', '),
      `If ${shown} only warned: warn_if_reject before it.`,
      `若 ${shown} 只作警告：在它前面加 warn_if_reject。`,
    ),
  ]
}

const join = (list: string, item: string): string => (list === '' ? item : `${list}, ${item}`)

const localOf = (address: string | null): string => address?.split('@')[0] ?? ''

function withSetting(facts: FactsInput, name: string, value: string): FactsInput {
  const settings = overlay(facts.settings, name, value)
  return {
    ...facts,
    settings,
    postfix: { ...facts.postfix, settings: overlay(facts.postfix.settings, name, value) },
  }
}

/** The same settings but for one parameter. */
function overlay(settings: Settings, name: string, value: string): Settings {
  const items = value.split(/,\s*/).flatMap((item) => (item.includes('{') ? [item] : item.split(/\s+/)))
  return {
    text: (asked) => (asked === name ? value : settings.text(asked)),
    list: (asked) => (asked === name ? items.filter((item) => item !== '') : settings.list(asked)),
    flag: (asked) => (asked === name ? value === 'yes' : settings.flag(asked)),
    number: (asked) => settings.number(asked),
    time: (asked) => settings.time(asked),
    isSet: (asked) => asked === name || settings.isSet(asked),
    expand: (text) => settings.expand(text),
    where: (asked) => settings.where(asked),
  }
}

/**
 * A trial leaves no trace, waits for nothing, and asks no policy server: that one would count it as a real letter.
 * Of probes, only the one for the recipient that was really asked about is repeated.
 */
function quietly(facts: FactsInput, asked: string | null): FactsInput {
  const { machine } = facts.postfix
  const { verify } = facts
  const silent: Machine = {
    name: machine.name,
    addresses: machine.addresses,
    clock: {
      now: () => machine.clock.now(),
      after: (milliseconds, action) => machine.clock.after(milliseconds, action),
      sleep: async () => undefined,
      hold: () => machine.clock.hold(),
    },
    disk: machine.disk,
    net: {
      listen: (port, accept) => machine.net.listen(port, accept),
      connect: () => Promise.reject(new NetError('refused', 'Connection refused')),
    },
    resolver: machine.resolver,
    random: machine.random,
    emit: () => undefined,
    user: (name) => machine.user(name),
    users: () => machine.users(),
    secureContext: (files) => machine.secureContext(files),
    next: (kind) => machine.next(kind),
  }
  const postfix: Postfix = { ...facts.postfix, machine: silent }
  const settings = overlay(facts.settings, 'smtpd_policy_service_default_action', 'DUNNO')
  return {
    ...facts,
    postfix,
    settings,
    ...(verify
      ? {
          verify: async (address) =>
            address === asked ? verify(address) : { outcome: 'deliverable', text: '' },
        }
      : {}),
  }
}
