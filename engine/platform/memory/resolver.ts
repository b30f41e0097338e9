/** How a host of the lab finds names and addresses: /etc/hosts first, as nsswitch.conf says on most systems, then DNS. */
import { canonicalAddress, isAddress, reverseName } from '#platform/addresses.ts'
import { answerMessage, decodeAnswer, encodeQuestion, presentRecord } from '#platform/dns-message.ts'
import { parseHostsFile, type HostsFile } from '#platform/hosts-file.ts'
import type { DnsAnswer, DnsCode, RecordType, Resolver } from '#platform/resolver.ts'
import { canonicalName } from '#platform/zone-lookup.ts'
import type { Zone } from '#platform/zone.ts'

export type DnsFact = {
  type: 'dns.answered'
  name: string
  record: string
  code: DnsCode
  answers: string[]
  source: 'hosts' | 'dns'
}

export type ResolverOptions = {
  /** Asked anew each time: a lesson may change the zone. */
  readonly zone: () => Zone
  /** The text of /etc/hosts now; '' when there is none. */
  readonly hostsFile: () => string | Promise<string>
  readonly emit?: (fact: DnsFact) => void
}

export function createResolver({ zone, hostsFile, emit = () => undefined }: ResolverOptions): Resolver {
  let lastText: string | null = null
  let lastHosts: HostsFile = parseHostsFile('')
  let queries = 0

  async function hosts(): Promise<HostsFile> {
    const text = await hostsFile()
    if (text !== lastText) lastHosts = parseHostsFile(text)
    lastText = text
    return lastHosts
  }

  async function query(asked: string, type: RecordType): Promise<DnsAnswer> {
    const name = canonicalName(asked)
    const answer = exchange(zone(), ++queries & 0xffff, name, type)
    emit({
      type: 'dns.answered',
      name,
      record: type,
      code: answer.code,
      answers: answer.records.map(presentRecord),
      source: 'dns',
    })
    return answer
  }

  async function valuesOf(name: string, type: 'A' | 'AAAA' | 'PTR') {
    const { code, records } = await query(name, type)
    const values = records.flatMap((record) => (record.type === type ? [record.value] : []))
    return { values, temporary: code === 'SERVFAIL' || code === 'TIMEOUT' }
  }

  return {
    query,

    async addresses(asked) {
      if (isAddress(asked)) return { addresses: [canonicalAddress(asked)], temporary: false }
      const name = canonicalName(asked)
      const listed = (await hosts()).addressesOf.get(name)
      if (listed !== undefined) {
        emit({
          type: 'dns.answered',
          name,
          record: 'A',
          code: 'NOERROR',
          answers: [...listed],
          source: 'hosts',
        })
        return { addresses: listed, temporary: false }
      }
      const [v4, v6] = [await valuesOf(name, 'A'), await valuesOf(name, 'AAAA')]
      const addresses = [...v4.values, ...v6.values]
      return { addresses, temporary: addresses.length === 0 && (v4.temporary || v6.temporary) }
    },

    async nameOf(asked) {
      const address = canonicalAddress(asked)
      const listed = (await hosts()).nameOf.get(address)
      if (listed !== undefined) {
        const name = reverseName(address)
        emit({
          type: 'dns.answered',
          name,
          record: 'PTR',
          code: 'NOERROR',
          answers: [listed],
          source: 'hosts',
        })
        return { name: listed, temporary: false }
      }
      if (!isAddress(address)) return { name: null, temporary: false }
      const { values, temporary } = await valuesOf(reverseName(address), 'PTR')
      return { name: values[0] ?? null, temporary }
    },
  }
}

/** A name that DNS cannot carry exists nowhere; all others are asked and answered in DNS's own messages. */
function exchange(zone: Zone, id: number, name: string, type: RecordType): DnsAnswer {
  const labels = name.split('.')
  const carried = name === '' || labels.every((label) => label !== '' && Buffer.byteLength(label) <= 63)
  if (!carried || Buffer.byteLength(name) > 253) return { code: 'NXDOMAIN', records: [] }
  const answer = answerMessage(zone, encodeQuestion(id, name, type), 'tcp')
  return answer === null ? { code: 'SERVFAIL', records: [] } : decodeAnswer(answer)
}
