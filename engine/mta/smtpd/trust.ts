/** What a client may do that others may not: the lists of main.cf that name it. XCLIENT_README, VERP_README. */
import type { Postfix } from '#mta/postfix.ts'
import type { Client } from './client.ts'
import { hasClient } from './lists.ts'
import type { SmtpdSettings } from './settings.ts'

export type Trust = {
  readonly xclient: boolean
  readonly xforward: boolean
  readonly verp: boolean
  /** The limits on what one client may do do not count for this one. */
  readonly unlimited: boolean
}

export async function trustOf(postfix: Postfix, { clients }: SmtpdSettings, client: Client): Promise<Trust> {
  const isOn = (list: readonly string[]) => hasClient(postfix, list, client)
  const xclient = await isOn(clients.xclient)
  return {
    xclient,
    xforward: await isOn(clients.xforward),
    verp: await isOn(clients.verp),
    unlimited: xclient || (await isOn(clients.limitExceptions)),
  }
}
