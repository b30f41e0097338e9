/**
 * Refuses clients whose address has no name, or whose name does not lead back.
 *
 * postconf(5): reject_unknown_client_hostname, reject_unknown_reverse_client_hostname; RFC 7372.
 */
import { dunno, refuse, type Restriction } from './restriction.ts'

export const reject_unknown_client_hostname: Restriction = {
  name: 'reject_unknown_client_hostname',
  takes: 'nothing',
  explain: {
    en: 'Refuses a client when its address has no name, or the name does not lead back to the address.',
    zh: '客户端地址没有主机名，或主机名不能反查回该地址，则拒绝。',
  },
  async evaluate({ client, settings }) {
    if (client.nameStatus === 'ok') return dunno
    const code = client.nameStatus === 'temporary' ? 450 : settings.number('unknown_client_reject_code')
    return refuse(code, '4.7.25', `Client host rejected: cannot find your hostname, [${client.address}]`)
  },
}

export const reject_unknown_reverse_client_hostname: Restriction = {
  name: 'reject_unknown_reverse_client_hostname',
  takes: 'nothing',
  explain: {
    en: 'Refuses a client when its address has no name at all.',
    zh: '客户端地址没有任何主机名（无 PTR 记录）则拒绝。',
  },
  async evaluate({ client, settings }) {
    if (client.reverseStatus === 'ok') return dunno
    const code = client.reverseStatus === 'temporary' ? 450 : settings.number('unknown_client_reject_code')
    return refuse(
      code,
      '4.7.25',
      `Client host rejected: cannot find your reverse hostname, [${client.address}]`,
    )
  },
}
