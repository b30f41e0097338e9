/**
 * The SMTP server of a host: takes a connection, finds out who it is, and runs a session on it with the configuration
 * of that moment.
 *
 * smtpd(8); master(8).
 */
import { MacroSettingError, SettingError } from '#config/settings.ts'
import type { Machine } from '#engine/machine.ts'
import type { Cleanup, NotifyPostmaster } from '#mta/handover.ts'
import type { Postfix, Service } from '#mta/postfix.ts'
import type { Connection } from '#platform/net.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import { reply, type Reply } from '#protocol/smtp/reply.ts'
import type { Anvil } from './anvil.ts'
import { identify } from './client.ts'
import { forgetClient } from './conversation.ts'
import type { Conversation } from './conversation.ts'
import { allButStatuses, discardedKeywords } from './ehlo.ts'
import { LateSettingError, logMilters, missingMilters, withMilters } from './milters.ts'
import type { Moments } from './moments.ts'
import { permitted } from './policy.ts'
import type { Policy } from './policy.ts'
import { Session } from './session.ts'
import { readSmtpdSettings } from './settings.ts'
import type { SmtpdSettings } from './settings.ts'
import { trustOf } from './trust.ts'
import { createWireServer, SmtpWire } from './wire.ts'

export type SmtpdOptions = {
  readonly machine: Machine
  readonly cleanup: Cleanup
  /** The back end that smtpd_sasl_type names; null when the host has none. */
  readonly sasl: SaslServer | null | ((type: 'cyrus' | 'dovecot') => SaslServer | null)
  readonly anvil: Anvil
  /** Keeps the newest moments, for who asks why. */
  readonly moments?: Moments
  /** Tells the postmaster of sessions that went wrong. */
  readonly notify?: NotifyPostmaster
  /** The restriction lists; without them everything is permitted. */
  readonly policy?: (session: PolicyOf) => Policy
  /** ETRN: tries the mail that waits for a site. */
  readonly flush?: (site: string) => Promise<void>
}

export type PolicyOf = {
  readonly id: string
  readonly postfix: Postfix
  readonly service: Service
  readonly settings: SmtpdSettings
  readonly server: { readonly address: string; readonly port: number }
  /** Whether the client has sent ahead where it had to wait. */
  readonly pipelined: () => boolean
}

export interface Smtpd {
  /** Runs a session to its end. Never rejects. */
  accept(connection: Connection, configuration: { postfix: Postfix; service: Service }): Promise<void>
  /** Ends all sessions, as `postfix stop` does. */
  close(): void
}

/** The greeting of a server whose filters want no mail at all. */
const notAccepting = (myhostname: string): Reply =>
  reply(554, null, `${myhostname} ESMTP not accepting connections`)

export function createSmtpd(options: SmtpdOptions): Smtpd {
  const { machine, anvil } = options
  const server = createWireServer()
  const wires = new Set<SmtpWire>()
  const known = new WeakMap<Postfix, Map<Service, SmtpdSettings>>()

  const settingsOf = (postfix: Postfix, service: Service): SmtpdSettings => {
    const services = known.get(postfix) ?? new Map<Service, SmtpdSettings>()
    known.set(postfix, services)
    const settings = services.get(service) ?? readSmtpdSettings(postfix.settingsFor(service))
    services.set(service, settings)
    return settings
  }

  const serve = async (connection: Connection, postfix: Postfix, service: Service): Promise<void> => {
    const settings = settingsOf(postfix, service)
    const wire = new SmtpWire(server, connection, machine.clock)
    wires.add(wire)
    wire.begin(() => {
      wires.delete(wire)
    })
    const sasl = typeof options.sasl === 'function' ? options.sasl(settings.sasl.type) : options.sasl
    await sasl?.prepare?.()
    const client = await identify(machine, connection.remote, settings.peernameLookup)
    const id = `smtpd-${machine.next('session')}`
    machine.emit({
      type: 'smtpd.opened',
      session: id,
      connection: connection.id,
      service: service.name,
      port: connection.local.port,
      client: { name: client.name, address: client.address, port: client.port },
    })
    machine.emit({
      type: 'daemon.logged',
      daemon: 'smtpd',
      level: 'info',
      text: `connect from ${client.name}[${client.address}]`,
    })
    const trusted = await trustOf(postfix, settings, client)
    const now: Conversation = { ...forgetClient, client, tls: null }
    const policy = options.policy?.({
      id,
      postfix,
      service,
      settings,
      server: connection.local,
      pipelined: () => session.pipelined,
    })
    const milters = await missingMilters(postfix, settings.all, client)
    for (const text of milters?.warnings ?? []) {
      machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'warning', text })
    }
    if (milters) logMilters(milters, machine, now, 'CONNECT', { stage: 'client' })
    const asked: Policy = policy ?? { ask: () => Promise.resolve(permitted) }
    const unwelcome = milters?.refusal?.code === 550
    const session: Session = new Session({
      id,
      machine,
      postfix,
      settings,
      wire,
      cleanup: options.cleanup,
      moments: options.moments ?? null,
      notify: options.notify ?? (() => Promise.resolve()),
      sasl,
      anvil,
      policy: milters ? withMilters(asked, milters, machine) : asked,
      ...(unwelcome && { greeting: notAccepting(settings.myhostname) }),
      flush: options.flush ?? (() => Promise.resolve()),
      service: service.name,
      port: connection.local.port,
      now,
      discards: unwelcome ? allButStatuses : await discardedKeywords(postfix, settings, client),
      trusted,
    })
    await session.run()
    if (!trusted.unlimited) anvil.disconnect(service.name, client.address)
  }

  return {
    async accept(connection, { postfix, service }) {
      try {
        await serve(connection, postfix, service)
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error)
        // smtpd will not run: master keeps the port, and the client waits for a greeting that never comes.
        if (error instanceof SettingError) {
          const fatal = error instanceof MacroSettingError ? error.fatal : text
          if (fatal !== text) machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'warning', text })
          machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'fatal', text: fatal })
          if (error instanceof LateSettingError) connection.destroy()
          return
        }
        machine.emit({ type: 'engine.fault', where: 'smtpd', message: text })
        connection.destroy()
      }
    },
    close() {
      for (const wire of wires) wire.cut()
    },
  }
}
