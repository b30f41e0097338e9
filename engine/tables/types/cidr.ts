/**
 * `cidr:file`: networks, one a line; the first that contains the address answers.
 *
 * cidr_table(5).
 */
import { readInlineRules } from '../inline-rules.ts'
import { contains, readIpAddress, readNetwork, type Network } from '../network.ts'
import { firstWord, readSource, type LogicalLine } from '../source.ts'
import type { LookupResult } from '../table.ts'
import { bad, opened, type TableType } from '../type.ts'

type Rule = {
  readonly line: number
  readonly pattern: string
  readonly network: Network
  readonly negated: boolean
} & ({ readonly kind: 'row'; readonly value: string } | { readonly kind: 'if'; skip: number })

export const cidr: TableType = {
  type: 'cidr',
  reads: 'source',

  open({ name, argument, text }) {
    const inline = argument.startsWith('{')
    const source = inline
      ? { lines: readInlineRules('cidr', argument), warnings: [] }
      : readSource(argument, text)
    if (typeof source.lines === 'string') return bad(source.lines)
    const { rules, warnings } = readRules(`cidr map ${argument}`, source.lines)
    return opened({ name, keys: 'whole', lookup: async (key) => search(rules, key) }, [
      ...source.warnings,
      ...warnings,
    ])
  },
}

function search(rules: readonly Rule[], key: string): LookupResult {
  const address = readIpAddress(key)
  if (!address) return { outcome: 'absent' }
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]
    if (!rule) break
    // `!192.0.2.0/24` says nothing of IPv6 addresses.
    const comparable = rule.network.family === address.family
    const matched = comparable && contains(rule.network, address) !== rule.negated
    if (rule.kind === 'row' && matched) {
      return { outcome: 'found', value: rule.value, key: rule.pattern, line: rule.line }
    }
    if (rule.kind === 'if' && !matched) i = rule.skip - 1
  }
  return { outcome: 'absent' }
}

function readRules(where: string, lines: readonly LogicalLine[]): { rules: Rule[]; warnings: string[] } {
  const rules: Rule[] = []
  const warnings: string[] = []
  const open: (Rule & { kind: 'if' })[] = []
  const warn = (line: number, text: string) => void warnings.push(`${where}, line ${line}: ${text}`)

  for (const { text, line } of lines) {
    const { word, rest } = firstWord(text)
    if (/^endif$/i.test(word)) {
      const last = open.pop()
      if (last) last.skip = rules.length
      else warn(line, 'ENDIF without IF: skipping this rule')
      continue
    }
    const condition = /^if$/i.test(word)
    const signed = /^(!*)\s*(.*)$/s.exec(condition ? rest : text)
    const negated = (signed?.[1]?.length ?? 0) % 2 === 1
    const { word: pattern, rest: value } = firstWord(signed?.[2] ?? '')
    const problem = condition
      ? pattern === '' && 'no address pattern'
      : value === '' && readIsNetwork(pattern) && 'no lookup result'
    const network = problem === false ? readNetwork(pattern) : { problem }
    if ('problem' in network) {
      warn(line, `${network.problem}: skipping this rule`)
    } else if (condition) {
      const rule = { kind: 'if' as const, line, pattern, network, negated, skip: Infinity }
      open.push(rule)
      rules.push(rule)
    } else rules.push({ kind: 'row', line, pattern, network, negated, value })
  }
  for (const rule of open.reverse()) warn(rule.line, 'IF has no matching ENDIF')
  return { rules, warnings }
}

const readIsNetwork = (pattern: string): boolean => !('problem' in readNetwork(pattern))
