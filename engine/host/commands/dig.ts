/** dig asks the DNS and prints the whole answer, or with +short only the data. dig(1). */
import type { CommandInput, HostCommand } from '#host/command.ts'
import { date } from '#host/commands/identity.ts'
import { recordData, recordTypes, reverseName } from '#host/dns-text.ts'
import type { DnsAnswer, DnsRecord, RecordType } from '#platform/resolver.ts'

type Question = { readonly name: string; readonly type: RecordType }

export const dig: HostCommand = {
  name: 'dig',
  async run(input) {
    const questions: Question[] = []
    const flags = new Set<string>()
    let type: RecordType | null = null
    const words = input.words.slice(1)
    for (let i = 0; i < words.length; i += 1) {
      const word = words[i] ?? ''
      const known = recordTypes.find((it) => it === word.toUpperCase())
      if (word === '-x') questions.push({ name: reverseName(words[(i += 1)] ?? ''), type: 'PTR' })
      else if (word === '-t') type = recordTypes.find((it) => it === words[i + 1]?.toUpperCase()) ?? type
      else if (word.startsWith('+')) flags.add(word.slice(1))
      else if (known) type = known
      else if (!/^[-@]/.test(word) && words[i - 1] !== '-t')
        questions.push({ name: word.replace(/\.$/, ''), type: 'A' })
    }
    const asked = questions.map((it) => (it.type === 'PTR' ? it : { ...it, type: type ?? it.type }))
    if (asked.length === 0) asked.push({ name: '', type: type ?? 'NS' })

    let stdout = ''
    let exit = 0
    for (const question of asked) {
      const answer = await input.box.machine.resolver.query(question.name, question.type)
      if (answer.code === 'TIMEOUT') {
        stdout += ';; communications error to 127.0.0.1#53: timed out\n;; no servers could be reached\n'
        exit = 9
      } else if (flags.has('short')) {
        stdout += answer.records.map((record) => `${recordData(record)}\n`).join('')
      } else if (flags.has('noall')) {
        if (flags.has('answer')) stdout += answer.records.map(printRecord).join('')
      } else {
        stdout += await fullAnswer(input, question, answer)
      }
    }
    return { stdout, stderr: '', exit }
  },
}

async function fullAnswer(input: CommandInput, question: Question, answer: DnsAnswer): Promise<string> {
  const { machine } = input.box
  const when = (await date.run({ ...input, words: ['date'] })).stdout.trim()
  const records = answer.records.map(printRecord).join('')
  const size =
    12 +
    question.name.length +
    6 +
    11 +
    answer.records.reduce((sum, it) => sum + 12 + recordData(it).length, 0)
  return `
; <<>> DiG 9.18.33 <<>> ${input.words.slice(1).join(' ')}
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: ${answer.code}, id: ${machine.random.integer(65536)}
;; flags: qr aa rd ra; QUERY: 1, ANSWER: ${answer.records.length}, AUTHORITY: 0, ADDITIONAL: 1

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
${columns(`;${question.name}.`, '', 'IN', question.type)}
${records === '' ? '' : `\n;; ANSWER SECTION:\n${records}`}
;; Query time: 0 msec
;; SERVER: 127.0.0.1#53(127.0.0.1) (UDP)
;; WHEN: ${when}
;; MSG SIZE  rcvd: ${size}

`
}

const printRecord = (record: DnsRecord): string =>
  `${columns(`${record.name}.`, String(record.ttl), 'IN', record.type)}\t${recordData(record)}\n`

/** Columns begin at 24, 32 and 40, reached by tabs. */
function columns(name: string, ttl: string, ...rest: readonly string[]): string {
  const tabs = (length: number, goal: number) => '\t'.repeat(Math.max(1, Math.ceil((goal - length) / 8)))
  if (ttl === '') return `${name}${tabs(name.length, 32)}${rest.join('\t')}`
  return `${name}${tabs(name.length, 24)}${ttl}\t${rest.join('\t')}`
}
