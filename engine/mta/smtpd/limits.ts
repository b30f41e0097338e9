/**
 * What is too much from one client, and what it is told then. anvil counts; these are the limits and the words.
 *
 * postconf(5): smtpd_client_connection_count_limit and its kin; TUNING_README.
 */
import { because, reply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import type { Activity, Anvil } from './anvil.ts'
import { namaddr } from './client.ts'
import type { Client } from './client.ts'
import type { SmtpdSettings } from './settings.ts'

export type Counted = {
  readonly anvil: Anvil
  readonly settings: SmtpdSettings
  readonly service: string
  readonly client: Client
}

export type TooMuch = { readonly reply: Reply; readonly log: string }

/** Counts a connection; null when it is welcome. */
export function countConnection({ anvil, settings, service, client }: Counted): TooMuch | null {
  const { limits, myhostname } = settings
  const { count, rate } = anvil.connect(service, client.address, limits.unit)
  const who = `from ${namaddr(client)} for service ${service}`
  const refusal = (setting: string, value: number) =>
    because(
      reply(421, '4.7.0', `${myhostname} Error: too many connections from ${client.address}`),
      setting,
      value,
    )
  if (limits.connections > 0 && count > limits.connections) {
    return {
      reply: refusal('smtpd_client_connection_count_limit', limits.connections),
      log: `Connection concurrency limit exceeded: ${count} ${who}`,
    }
  }
  if (limits.connection > 0 && rate > limits.connection) {
    return {
      reply: refusal('smtpd_client_connection_rate_limit', limits.connection),
      log: `Connection rate limit exceeded: ${rate} ${who}`,
    }
  }
  return null
}

/** Counts what a client asks for; null when it may have it. */
export function countActivity(
  activity: Exclude<Activity, 'connection'>,
  { anvil, settings, service, client }: Counted,
): TooMuch | null {
  const allowed = settings.limits[activity]
  const rate = anvil.rate(activity, service, client.address, settings.limits.unit)
  if (allowed <= 0 || rate <= allowed) return null
  const { code, status, text, log, setting } = words[activity]
  const who = namaddr(client)
  const said =
    activity === 'tls'
      ? `${settings.myhostname} Error: ${text} from ${who}`
      : `Error: ${text} from ${client.address}`
  return {
    reply: because(reply(code, status, said), setting, allowed),
    log: `${log}: ${rate} from ${who} for service ${service}`,
  }
}

/** A handshake is counted when it is done; so STARTTLS only looks whether there were too many already. */
export function refuseHandshake({ anvil, settings, service, client }: Counted): TooMuch | null {
  const allowed = settings.limits.tls
  if (allowed <= 0 || anvil.still().rate('tls', service, client.address, settings.limits.unit) <= allowed)
    return null
  return {
    reply: because(
      reply(454, '4.7.0', `Error: ${words.tls.text} from ${namaddr(client)}`),
      words.tls.setting,
      allowed,
    ),
    log: `Refusing STARTTLS request from ${namaddr(client)} for service ${service}`,
  }
}

const words = {
  message: {
    setting: 'smtpd_client_message_rate_limit',
    code: 450,
    status: '4.7.1',
    text: 'too much mail',
    log: 'Message delivery request rate limit exceeded',
  },
  recipient: {
    setting: 'smtpd_client_recipient_rate_limit',
    code: 450,
    status: '4.7.1',
    text: 'too many recipients',
    log: 'Recipient address rate limit exceeded',
  },
  tls: {
    setting: 'smtpd_client_new_tls_session_rate_limit',
    code: 421,
    status: '4.7.0',
    text: 'too many new TLS sessions',
    log: 'New TLS session rate limit exceeded',
  },
  auth: {
    setting: 'smtpd_client_auth_rate_limit',
    code: 450,
    status: '4.7.1',
    text: 'too many AUTH commands',
    log: 'AUTH command rate limit exceeded',
  },
} as const
