/** host asks the DNS and says the answer in a sentence a line. host(1). */
import type { HostCommand } from '#host/command.ts'
import { recordData, recordTypes, reverseName } from '#host/dns-text.ts'
import { readLetters } from '#host/words.ts'
import type { DnsRecord, RecordType } from '#platform/resolver.ts'

export const host: HostCommand = {
  name: 'host',
  async run({ box, words }) {
    const letters = readLetters(words, { plain: 'av46', withValue: 't' })
    if (!letters.ok) return letters.result
    const [asked] = letters.operands
    if (asked === undefined) return { stdout: '', stderr: 'Usage: host [-t type] name\n', exit: 1 }
    const name = reverseName(asked.replace(/\.$/, ''))
    const type = recordTypes.find((it) => it === letters.values.get('t')?.toUpperCase())
    const types: readonly RecordType[] = type ? [type] : name !== asked ? ['PTR'] : ['A', 'AAAA', 'MX']

    let stdout = ''
    for (const [i, each] of types.entries()) {
      const answer = await box.machine.resolver.query(name, each)
      if (answer.code === 'TIMEOUT') {
        return {
          stdout: '',
          stderr: ';; communications error to 127.0.0.1#53: timed out\n;; no servers could be reached\n',
          exit: 1,
        }
      }
      if (answer.code !== 'NOERROR' && i === 0) {
        const why =
          answer.code === 'NXDOMAIN'
            ? '3(NXDOMAIN)'
            : answer.code === 'SERVFAIL'
              ? '2(SERVFAIL)'
              : '5(REFUSED)'
        return { stdout: `Host ${name} not found: ${why}\n`, stderr: '', exit: 1 }
      }
      // A CNAME is said once, with the first answer.
      const records = i === 0 ? answer.records : answer.records.filter((record) => record.type !== 'CNAME')
      stdout += records.map((record) => `${sentence(record)}\n`).join('')
      if (records.length === 0 && types.length === 1) stdout += `${name} has no ${each} record\n`
    }
    return { stdout, stderr: '', exit: 0 }
  },
}

function sentence(record: DnsRecord): string {
  const { name } = record
  switch (record.type) {
    case 'A':
      return `${name} has address ${record.value}`
    case 'AAAA':
      return `${name} has IPv6 address ${record.value}`
    case 'MX':
      return `${name} mail is handled by ${recordData(record)}`
    case 'PTR':
      return `${name} domain name pointer ${recordData(record)}`
    case 'CNAME':
      return `${name} is an alias for ${recordData(record)}`
    case 'NS':
      return `${name} name server ${recordData(record)}`
    case 'TXT':
      return `${name} descriptive text ${recordData(record)}`
    case 'SOA':
      return `${name} has SOA record ${recordData(record)}`
    case 'SRV':
      return `${name} has SRV record ${recordData(record)}`
    case 'TLSA':
      return `${name} has TLSA record ${recordData(record)}`
  }
}
