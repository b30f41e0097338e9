/**
 * Asks another program: the session's facts go out as `name=value` lines, an action of access(5) comes back.
 *
 * SMTPD_POLICY_README.
 */
import { readIpAddress } from '#tables/network.ts'
import { splitOutsideBraces, insideBraces } from '#tables/inline-rules.ts'
import { readAction } from './access-actions.ts'
import type { Facts } from './facts.ts'
import { misconfigured, type Call, type Restriction } from './restriction.ts'

export const check_policy_service: Restriction = {
  name: 'check_policy_service',
  takes: 'server',
  async evaluate(facts, call) {
    const server = readServer(call.argument, facts)
    if (!server) return misconfigured('restriction check_policy_service must be followed by transport:server')
    const request = writeRequest(facts, server.context)
    let answer = await ask(server, request, facts, call)
    for (let attempt = 1; answer.kind === 'failed' && attempt < server.tries; attempt++) {
      await facts.machine.clock.sleep(server.retryDelay)
      answer = await ask(server, request, facts, call)
    }
    if (answer.kind === 'action') return readAction(answer.action, actionInput(facts, call, server.name))
    call.warn(`problem talking to server ${server.name}: ${answer.why}`)
    return readAction(server.defaultAction, actionInput(facts, call, server.name))
  },
}

const actionInput = (facts: Facts, call: Call, table: string) => ({
  call,
  settings: facts.settings,
  table,
  key: table,
  replyName: call.replyName,
  where: facts.where,
})

type Server = {
  /** As the log calls it: without `inet:` or `unix:`. */
  readonly name: string
  /** Null for a socket in the file system: in a lab nobody listens on one. */
  readonly at: { readonly host: string; readonly port: number } | null
  readonly timeout: number
  readonly tries: number
  readonly retryDelay: number
  readonly defaultAction: string
  readonly context: string
}

/** `inet:127.0.0.1:9998`, `unix:private/policy`, or `{ inet:host:port, timeout=10s, default_action=DUNNO }`. */
function readServer(argument: string, { settings }: Facts): Server | null {
  const inside = insideBraces(argument)
  const [name = '', ...options] = inside === null ? [argument] : splitOutsideBraces(inside)
  const given = new Map(options.map((option) => readOption(insideBraces(option) ?? option)))
  const [, type, endpoint = ''] = /^(inet|unix):(.+)$/.exec(name) ?? []
  const [, host = '127.0.0.1', port] = /^(?:\[?([^\s[\]]+?)\]?:)?([^\s:]+)$/.exec(endpoint) ?? []
  if (type === undefined || (type === 'inet' && port === undefined)) return null
  const seconds = (text: string | undefined, parameter: string) => {
    const read = /^(\d+)([smh]?)$/.exec(text ?? '')
    if (!read) return settings.time(parameter)
    return Number(read[1]) * 1000 * (read[2] === 'h' ? 3600 : read[2] === 'm' ? 60 : 1)
  }
  return {
    name: endpoint,
    at: type === 'inet' ? { host, port: Number(port) } : null,
    timeout: seconds(given.get('timeout'), 'smtpd_policy_service_timeout'),
    tries: Number(given.get('try_limit') ?? settings.number('smtpd_policy_service_try_limit')),
    retryDelay: seconds(given.get('retry_delay'), 'smtpd_policy_service_retry_delay'),
    defaultAction: given.get('default_action') ?? settings.text('smtpd_policy_service_default_action'),
    context: given.get('policy_context') ?? settings.text('smtpd_policy_service_policy_context'),
  }
}

function readOption(option: string): [string, string] {
  const equals = option.indexOf('=')
  return equals < 0 ? [option, ''] : [option.slice(0, equals).trim(), option.slice(equals + 1).trim()]
}

/** Line ends would let a client write attributes of its own. */
const oneLine = (value: string): string => value.replace(/[\r\n\0]/g, '?')

export function writeRequest(facts: Facts, context: string): string {
  const { client, server, sasl, tls } = facts
  const certificate = tls?.certificate
  const counted = facts.where === 'DATA' || facts.where === 'END-OF-MESSAGE'
  const attributes: readonly (readonly [string, string | number])[] = [
    ['request', 'smtpd_access_policy'],
    ['protocol_state', facts.where],
    ['protocol_name', facts.protocol],
    ['client_address', client.address],
    ['client_name', client.name],
    ['client_port', client.port],
    ['reverse_client_name', client.reverseName],
    ['server_address', server.address],
    ['server_port', server.port],
    ['helo_name', facts.helo ?? ''],
    ['sender', facts.sender ?? ''],
    ['recipient', facts.recipient ?? ''],
    ['recipient_count', counted ? facts.recipientCount : 0],
    ['queue_id', facts.queueId ?? ''],
    ['instance', facts.session],
    ['size', facts.size ?? 0],
    ['etrn_domain', facts.etrnDomain ?? ''],
    ['stress', facts.settings.text('stress')],
    ['sasl_method', sasl?.method ?? ''],
    ['sasl_username', sasl?.username ?? ''],
    ['sasl_sender', sasl?.sender ?? ''],
    ['ccert_subject', certificate?.subject ?? ''],
    ['ccert_issuer', certificate?.issuer ?? ''],
    ['ccert_fingerprint', certificate?.fingerprint ?? ''],
    ['ccert_pubkey_fingerprint', certificate?.keyFingerprint ?? ''],
    ['encryption_protocol', tls?.version ?? ''],
    ['encryption_cipher', tls?.cipher ?? ''],
    ['encryption_keysize', tls?.bits ?? 0],
    ['policy_context', context],
  ]
  return [...attributes.map(([name, value]) => `${name}=${oneLine(String(value))}`), '', ''].join('\n')
}

const answerLimit = 16_384

type PolicyAnswer =
  { readonly kind: 'action'; readonly action: string } | { readonly kind: 'failed'; readonly why: string }

/** The action that came back, or why there is none. */
async function ask(server: Server, request: string, facts: Facts, call: Call): Promise<PolicyAnswer> {
  const { net, resolver, clock } = facts.machine
  const unreached = (why: string): PolicyAnswer => {
    call.warn(`connect to ${server.name}: ${why}`)
    return { kind: 'failed', why }
  }
  if (server.at === null) return unreached('No such file or directory')
  const { host, port } = server.at
  if (!(port < 65_536)) {
    call.warn(`host or service ${server.name} not found: Servname not supported for ai_socktype`)
    return unreached('Cannot assign requested address')
  }
  const { addresses } = await resolver.addresses(host)
  const address = readIpAddress(host) === null ? addresses[0] : host
  if (address === undefined) {
    call.warn(`host or service ${server.name} not found: Name or service not known`)
    return unreached('Cannot assign requested address')
  }
  try {
    const connection = await net.connect({ address, port }, { timeout: server.timeout })
    return await new Promise<PolicyAnswer>((resolve) => {
      let text = ''
      const end = (answer: PolicyAnswer) => {
        timer.cancel()
        connection.destroy()
        resolve(answer)
      }
      const fail = (why: string) => end({ kind: 'failed', why })
      const timer = clock.after(server.timeout, () => fail('Connection timed out'))
      connection.on('data', (bytes: Uint8Array) => {
        text += new TextDecoder().decode(bytes)
        if (text.length > answerLimit) {
          fail('Success')
          return
        }
        if (!/\r?\n\r?\n/.test(text)) return
        const action = /^action=(.*?)\r?$/m.exec(text)?.[1]?.trim()
        if (action === undefined) fail('Success')
        else end({ kind: 'action', action })
      })
      connection.on('error', () => fail('Connection reset by peer'))
      connection.on('close', () => fail('Success'))
      connection.write(request)
    })
  } catch (error) {
    return unreached(error instanceof Error ? error.message : 'Connection refused')
  }
}
