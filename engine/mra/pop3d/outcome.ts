/** What a handler decides; the session alone writes, steps the chart and states facts. */
import type { Pop3Reply } from '#protocol/pop3/reply.ts'
import type { Pop3SessionStep } from '#protocol/pop3/session.machine.ts'

export type Outcome = {
  readonly reply: Pop3Reply
  /** A message after the reply, dots not yet doubled, CRLF line ends. */
  readonly body?: Uint8Array
  readonly steps?: readonly Pop3SessionStep['type'][]
  /** It was asked for, but another session has deleted it. */
  readonly expunged?: true
  /** What the administrator should hear. */
  readonly fault?: string
  /** Why the server hangs up after the reply. */
  readonly close?: string
}
