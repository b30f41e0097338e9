/**
 * What a local delivery carries along while aliases, lists and .forward files lead from one recipient to others.
 */
import type { Machine, SystemUser } from '#engine/machine.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { Addressing } from '../../addressing.ts'
import type { DeliveryRequest, DeliveryResult, Recipient } from '../../handover.ts'
import type { CommandRunner } from '../command.ts'
import type { MailboxWriter } from '../mailbox-writer.ts'
import type { LocalSettings } from './settings.ts'

export type LocalAgentInput = {
  readonly machine: Machine
  readonly settings: () => LocalSettings
  readonly addressing: () => Addressing
  /** The first table of a list that has the key. Rejects with MappingUnavailable. */
  readonly lookup: (tables: readonly string[], key: string) => Promise<string | null>
  readonly mailboxes: MailboxWriter
  readonly run: CommandRunner
  /** Hands a recipient to another transport: mailbox_transport. */
  readonly pass: (request: DeliveryRequest) => Promise<readonly DeliveryResult[]>
  /** Reports a failure at once, to the owner of a list. */
  readonly tell: (
    queueFile: DeliveryRequest['queueFile'],
    result: DeliveryResult,
    owner: string,
  ) => Promise<void>
  /** A new message of the same content: what .forward to another user makes. Resolves with its queue id, null when refused. */
  readonly forward: (message: {
    readonly of: DeliveryRequest['queueFile']
    readonly sender: string
    readonly recipients: readonly Recipient[]
    readonly deliveredTo: string | null
    readonly content: Uint8Array
  }) => Promise<string | null>
}

/** One request at work: what all its branches share. */
export type LocalRun = {
  readonly input: LocalAgentInput
  readonly settings: LocalSettings
  readonly request: DeliveryRequest
  readonly content: Uint8Array
  readonly root: Recipient
  /** Values of Delivered-To fields: where this message has been. Lower case. */
  readonly visited: ReadonlySet<string>
  readonly seen: Set<string>
  readonly results: DeliveryResult[]
  readonly forwards: Map<string, { readonly sender: string; readonly recipients: Recipient[] }>
}

/** `+` and `lists` of `alice+lists`. */
export type Unmatched = { readonly delimiter: string; readonly extension: string }

/** Where one branch stands. */
export type Place = {
  /** The recipient as it is called here: `to=` of the log. */
  readonly recipient: Recipient
  /** Lower case, without extension. */
  readonly user: string
  /** Lower case, extension included. */
  readonly local: string
  readonly domain: string
  readonly extension: string | null
  /** An extension that no alias or .forward has matched yet. */
  readonly unmatched: Unmatched | null
  readonly sender: string
  /** Who answers for the list or .forward that led here. */
  readonly owner: string | null
  /** The alias or user that led here. */
  readonly from: string | null
  readonly by: 'nothing' | 'alias' | 'forward' | 'include'
  readonly level: number
  readonly account: SystemUser | null
}

/** Whether this is the first time; a list that names someone twice delivers once. */
export function firstTime(run: LocalRun, ...words: readonly string[]): boolean {
  const key = words.join('\n').toLowerCase()
  if (run.seen.has(key)) return false
  run.seen.add(key)
  return true
}

/** Return-Path, X-Original-To and Delivered-To, above the message. local(8). */
export function withDeliveryHeader(
  run: LocalRun,
  place: Place,
  deliveredTo: 'with Delivered-To' | 'without Delivered-To',
): Uint8Array {
  const { original } = run.root
  const lines = [
    `Return-Path: <${quoteAddress(place.sender)}>`,
    ...(original === '' || !run.settings.tellsOriginal
      ? []
      : [`X-Original-To: ${quoteAddress(place.recipient.original)}`]),
    ...(deliveredTo === 'with Delivered-To' ? [`Delivered-To: ${quoteAddress(run.root.address)}`] : []),
  ]
  return Buffer.concat([Buffer.from(lines.map((line) => `${line}\n`).join('')), run.content])
}

export function report(run: LocalRun, result: DeliveryResult): void {
  // A service of master.cf has a name of its own: it is the relay of the log.
  const relay = result.relay === 'local' ? run.request.transport : result.relay
  run.results.push({ ...result, relay, root: run.root })
}

export function warn(run: LocalRun, text: string): void {
  run.input.machine.emit({ type: 'daemon.logged', daemon: 'local', level: 'warning', text })
}
