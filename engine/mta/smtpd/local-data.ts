/** What a client is told, and the log, when a table that smtpd needs cannot be read: the session ends. */
import { reply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import { namaddr } from './client.ts'
import type { Client } from './client.ts'

export const localDataError = (myhostname: string): Reply =>
  reply(421, '4.3.0', `${myhostname} Server local data error`)

export const refusalLine = (where: string, client: Client, { code, status, lines }: Reply): string =>
  `NOQUEUE: reject: ${where} from ${namaddr(client)}: ${code} ${status ?? ''} ${lines.join(' ')}`
