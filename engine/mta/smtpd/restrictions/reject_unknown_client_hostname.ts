/**
 * Refuses clients whose address has no name, or whose name does not lead back.
 *
 * postconf(5): reject_unknown_client_hostname, reject_unknown_reverse_client_hostname; RFC 7372.
 */
import { dunno, refuse, type Restriction } from './restriction.ts'

export const reject_unknown_client_hostname: Restriction = {
  name: 'reject_unknown_client_hostname',
  takes: 'nothing',
  async evaluate({ client, settings }) {
    if (client.nameStatus === 'ok') return dunno
    const code = client.nameStatus === 'temporary' ? 450 : settings.number('unknown_client_reject_code')
    return refuse(code, '4.7.25', `Client host rejected: cannot find your hostname, [${client.address}]`)
  },
}

export const reject_unknown_reverse_client_hostname: Restriction = {
  name: 'reject_unknown_reverse_client_hostname',
  takes: 'nothing',
  async evaluate({ client, settings }) {
    if (client.reverseStatus === 'ok') return dunno
    const code = client.reverseStatus === 'temporary' ? 450 : settings.number('unknown_client_reject_code')
    return refuse(
      code,
      '4.7.1',
      `Client host rejected: cannot find your reverse hostname, [${client.address}]`,
    )
  },
}
