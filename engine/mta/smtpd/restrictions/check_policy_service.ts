/**
 * Asks another program: the session's facts go out as `name=value` lines, an action of access(5) comes back.
 *
 * SMTPD_POLICY_README.
 */
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
    for (let attempt = 1; ; attempt++) {
      const answer = await ask(server, request, facts, call)
      if (answer !== null) return readAction(answer, actionInput(facts, call, server.name))
      if (attempt >= server.tries) break
      await facts.machine.clock.sleep(server.retryDelay)
    }
    call.warn(`problem talking to server ${server.name}: Connection refused`)
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
  readonly name: string
  readonly host: string
  readonly port: number
  readonly timeout: number
  readonly tries: number
  readonly retryDelay: number
  readonly defaultAction: string
  readonly context: string
}

/** `inet:127.0.0.1:9998`, or `{ inet:host:port, timeout=10s, default_action=DUNNO }`. Unix sockets are not of the lab. */
function readServer(argument: string, { settings }: Facts): Server | null {
  const inside = insideBraces(argument)
  const [name = '', ...options] = inside === null ? [argument] : splitOutsideBraces(inside)
  const given = new Map(options.map((option) => readOption(insideBraces(option) ?? option)))
  const endpoint = /^inet:(?:\[?([^\s[\]]+?)\]?:)?(\d{1,5})$/.exec(name)
  if (!endpoint) return null
  const seconds = (text: string | undefined, parameter: string) => {
    const read = /^(\d+)([smh]?)$/.exec(text ?? '')
    if (!read) return settings.time(parameter)
    return Number(read[1]) * 1000 * (read[2] === 'h' ? 3600 : read[2] === 'm' ? 60 : 1)
  }
  return {
    name,
    host: endpoint[1] ?? '127.0.0.1',
    port: Number(endpoint[2]),
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

/** The action that came back; null when the server could not be reached or made no sense. */
async function ask(server: Server, request: string, facts: Facts, call: Call): Promise<string | null> {
  const { net, resolver, clock } = facts.machine
  const { addresses } = await resolver.addresses(server.host)
  const address = addresses[0] ?? server.host
  try {
    const connection = await net.connect({ address, port: server.port }, { timeout: server.timeout })
    return await new Promise<string | null>((resolve) => {
      let text = ''
      const end = (answer: string | null) => {
        timer.cancel()
        connection.destroy()
        resolve(answer)
      }
      const timer = clock.after(server.timeout, () => end(null))
      connection.on('data', (bytes: Uint8Array) => {
        text += new TextDecoder().decode(bytes)
        if (text.length > answerLimit) end(null)
        else if (/\r?\n\r?\n/.test(text)) end(/^action=(.*?)\r?$/m.exec(text)?.[1]?.trim() ?? null)
      })
      connection.on('error', () => end(null))
      connection.on('close', () => end(null))
      connection.write(request)
    })
  } catch (error) {
    call.warn(
      `connect to ${server.host}:${server.port}: ${error instanceof Error ? error.message : 'failed'}`,
    )
    return null
  }
}
