/**
 * The transports of master.cf: each unix service whose daemon is a delivery agent, made when first used and kept
 * until the next reload.
 *
 * master(5), transport(5).
 */
import type { Machine } from '#engine/machine.ts'
import type { Connection } from '#platform/net.ts'
import type { Addressing } from './addressing.ts'
import { MappingUnavailable } from './addressing.ts'
import { createBrokenAgent, startProblem } from './agents/broken.ts'
import { createDiscardAgent } from './agents/discard/discard.ts'
import { exportedEnvironment } from './agents/exported-environment.ts'
import { createErrorAgent } from './agents/error/error.ts'
import type { LocalAgentInput } from './agents/local/delivery.ts'
import { createLocalAgent } from './agents/local/local.ts'
import { readLocalSettings } from './agents/local/settings.ts'
import { createPipeAgent } from './agents/pipe/pipe.ts'
import type { CommandRunner } from './agents/command.ts'
import type { MailboxWriter } from './agents/mailbox-writer.ts'
import { readClientSettings } from './agents/smtp/settings.ts'
import { filtered, type StatusFilter } from './agents/status-filter.ts'
import { createSmtpAgent, type SmtpAgent } from './agents/smtp/smtp.ts'
import { createVirtualAgent } from './agents/virtual/virtual.ts'
import type { Agent, DeliveryRequest, DeliveryResult, NotifyPostmaster } from './handover.ts'
import { AgentDied } from './handover.ts'
import type { Substitution } from '#tables/table.ts'
import type { Postfix, Service } from './postfix.ts'
import { interfaceAddresses } from './rewrite/own-domain.ts'

export type Transport = { readonly agent: Agent; readonly name: string; readonly processes: number }

export type TransportsInput = {
  readonly machine: Machine
  readonly postfix: Postfix
  readonly addressing: Addressing
  readonly mailboxes: MailboxWriter
  readonly run: CommandRunner
  readonly connectUnix: (path: string) => Promise<Connection>
  /** generic(5): the address as the outside may see it. */
  readonly generic: (address: string, postfix: Postfix) => Promise<string>
  readonly forward: LocalAgentInput['forward']
  readonly tell: LocalAgentInput['tell']
  readonly notify: NotifyPostmaster
}

export interface Transports {
  /** Null when master.cf has no such service, or its daemon delivers nothing. */
  find(name: string): Transport | null
  /** Ends kept connections. */
  stop(): void
}

export function createTransports(input: TransportsInput): Transports {
  const { postfix } = input
  const known = new Map<string, Transport | null>()
  const clients: SmtpAgent[] = []
  const transports: Transports = {
    find(name) {
      const made = known.get(name)
      if (made !== undefined) return made
      const service = postfix.services.find((one) => one.name === name && one.type === 'unix')
      const transport = service ? make(service) : null
      known.set(name, transport)
      return transport
    },
    stop() {
      for (const client of clients) client.stop()
    },
  }
  const make = (service: Service): Transport | null => {
    const agent = agentOf(service, input, transports)
    if (agent === null) return null
    if ('stop' in agent) clients.push(agent)
    const filter = statusFilter(service, input)
    const limit = postfix.settings.number('default_process_limit') || 100
    return {
      agent: filter === null ? agent : filtered(agent, filter),
      name: logName(service, postfix),
      processes: service.maxProcesses > 0 ? service.maxProcesses : limit,
    }
  }
  return transports
}

/** Null when no table is named. */
function statusFilter(
  { daemon, ...service }: Service,
  { postfix, machine }: TransportsInput,
): StatusFilter | null {
  const settings = postfix.settingsFor({ daemon, ...service })
  const own = `${filteredDaemons.has(daemon) ? daemon : 'default'}_delivery_status_filter`
  if (settings.text(own) === '') return null
  return {
    lookup: (outcome) => lookup(postfix, settings.list(own), own, outcome),
    warn: (text) => machine.emit({ type: 'daemon.logged', daemon, level: 'warning', text }),
  }
}

/** Those with a setting of their own. */
const filteredDaemons = new Set(['smtp', 'lmtp', 'local', 'virtual', 'pipe'])

/** `smtp`, or `relay/smtp` where `-o syslog_name=postfix/$service_name` says so. */
function logName(service: Service, postfix: Postfix): string {
  const own = service.overrides.find(([name]) => name === 'syslog_name')?.[1]
  if (own === undefined) return service.daemon
  const name = own.replace(/\$\{?service_name\}?/g, service.name)
  return `${postfix.settings.expand(name).replace(/^postfix\//, '')}/${service.daemon}`
}

function agentOf(service: Service, input: TransportsInput, transports: Transports): Agent | SmtpAgent | null {
  const { machine, postfix, addressing, mailboxes, run } = input
  const settings = postfix.settingsFor(service)
  const broken = (reason: string, dies: 'at once' | 'asked') =>
    createBrokenAgent({
      machine,
      daemon: service.daemon,
      reason,
      dies,
      patience: settings.time('ipc_timeout'),
    })
  switch (service.daemon) {
    case 'smtp':
    case 'lmtp': {
      const client = readClientSettings(settings, service.daemon)
      return createSmtpAgent({
        machine,
        settings: () => client,
        notify(peer, { troubles, lines }) {
          if (troubles.size === 0) return
          void input.notify({ of: 'client', peer, troubles, lines: [...lines], aborted: null, settings })
        },
        queueDirectory: () => postfix.settings.text('queue_directory'),
        connectUnix: input.connectUnix,
        lookup: (parameter, key) => lookup(postfix, settings.list(parameter), parameter, key),
        generic: (address) => input.generic(address, postfix),
        open: (table) => postfix.tables.open(table),
        ownAddresses: () => [...interfaceAddresses(settings, machine), ...settings.list('proxy_interfaces')],
        pass: (request) => pass(request, transports, machine),
      })
    }
    case 'local': {
      const conflict = startProblem(settings, 'local')
      if (conflict !== null) return broken(conflict, 'at once')
      const local = readLocalSettings(settings)
      return createLocalAgent({
        machine,
        settings: () => local,
        addressing: () => addressing,
        lookup: (tables, key) => lookup(postfix, tables, tables.join(', '), key, 'refused'),
        mailboxes,
        run,
        forward: input.forward,
        tell: input.tell,
        pass: (request) => pass(request, transports, machine),
      })
    }
    case 'virtual': {
      const conflict = startProblem(settings, 'virtual')
      if (conflict !== null) return broken(conflict, 'at once')
      const virtual = {
        mailboxBase: settings.text('virtual_mailbox_base'),
        mailboxMaps: settings.text('virtual_mailbox_maps'),
        uidMaps: settings.text('virtual_uid_maps'),
        gidMaps: settings.text('virtual_gid_maps'),
        minimumUid: settings.number('virtual_minimum_uid'),
        mailboxLimit: settings.number('virtual_mailbox_limit'),
        tellsOriginal: settings.flag('enable_original_recipient'),
      }
      return createVirtualAgent({ machine, settings: () => virtual, addressing: () => addressing, mailboxes })
    }
    case 'pipe':
      return createPipeAgent({
        machine,
        service: service.name,
        arguments: service.arguments,
        recipientLimit: settings.number(`${service.name}_destination_recipient_limit`),
        timeLimit: settings.time(`${service.name}_time_limit`),
        environment: exportedEnvironment(settings),
        addressing: () => addressing,
        run,
      })
    case 'error':
      if (service.name === 'error' || service.name === 'retry') return createErrorAgent(service.name)
      return broken(`bad error service name: ${service.name}`, 'asked')
    case 'discard':
      return createDiscardAgent()
    default:
      return null
  }
}

async function lookup(
  postfix: Postfix,
  tables: readonly string[],
  purpose: string,
  key: string,
  substitution: Substitution = 'allowed',
): Promise<string | null> {
  for (const name of tables) {
    const result = await postfix.tables.open(name, substitution).lookup(key)
    if (result.outcome === 'found') return result.value
    if (result.outcome === 'unavailable') throw new MappingUnavailable(purpose, key)
  }
  return null
}

/**
 * mailbox_transport, best_mx_transport: another agent takes over, in its own name. For one that master.cf does not know
 * a client of deliver_pass(3) looks again and again, and then gives up.
 */
async function pass(
  request: DeliveryRequest,
  transports: Transports,
  { clock }: Machine,
): Promise<readonly DeliveryResult[]> {
  const transport = transports.find(request.transport)
  if (transport === null) {
    await clock.sleep(patience)
    throw new AgentDied()
  }
  const results = await transport.agent.deliver(request)
  return results.map((result) => ({ ...result, agent: result.agent ?? transport.name }))
}

const patience = 100_000
