/** Reads a recorded SMTP dialogue as steps of the session chart: from the client's bytes and the server's replies alone. */
import { readLine } from '#protocol/smtp/parse.ts'
import type { SmtpSessionStep } from '#protocol/smtp/session.machine.ts'
import type { SmtpCase, SmtpStep } from '../smtp-case.ts'

/** What happened, and what was refused because it came out of order. */
export type Walked = SmtpSessionStep | { readonly type: 'refused'; readonly verb: string }

type Exchange = {
  readonly bytes: string
  readonly replies: readonly (readonly string[])[]
  readonly tls?: true
}

/** One list of exchanges for each connection. */
function connections({ dialogue, replies }: SmtpCase): readonly (readonly Exchange[])[] {
  const all: Exchange[][] = [[]]
  let next = 1
  const add = (bytes: string, count: number, more: { tls?: true } = {}) => {
    all.at(-1)?.push({ bytes, replies: replies.slice(next, next + count), ...more })
    next += count
  }
  const visit = (step: SmtpStep) => {
    if ('send' in step) add(`${step.send}\r\n`, 1)
    else if ('send_group' in step)
      add(step.send_group.map((line) => `${line}\r\n`).join(''), step.send_group.length)
    else if ('raw' in step) add(step.raw, step.replies ?? 1)
    else if ('read' in step) add('', 1)
    else if ('starttls' in step) {
      add('STARTTLS\r\n', 1, { tls: true })
      if (replies[next]?.[0] === '{TLS HANDSHAKE FAILED}') next++
    } else if ('data' in step) {
      const skipped = replies[next]?.[0] === '{SKIPPED}'
      add(skipped ? '' : `${step.data.map((line) => `${line}\r\n`).join('')}.\r\n`, 1)
      if (skipped) all.at(-1)?.pop()
    } else if ('auth' in step) {
      const said = replies[next] ?? []
      next++
      const answers = said.map((line) => [line])
      all
        .at(-1)
        ?.push({ bytes: `AUTH ${step.auth[0]} =\r\n${'x\r\n'.repeat(said.length - 1)}`, replies: answers })
    } else if ('connect' in step) {
      all.push([])
      next++
    } else if ('repeat' in step) {
      for (let i = 0; i < step.repeat; i++) for (const inner of step.steps) visit(inner)
    }
  }
  for (const step of dialogue) visit(step)
  return all
}

export const smtpWalks = (recorded: SmtpCase): readonly (readonly Walked[])[] => {
  const bare = recorded.main_cf.some((line) => /smtpd_forbid_bare_newline *= *(?!no)/.test(line))
  return connections(recorded).map((exchanges) => walk(exchanges, bare ? 'strict' : 'lenient'))
}

function walk(exchanges: readonly Exchange[], ends: 'strict' | 'lenient'): readonly Walked[] {
  const steps: Walked[] = []
  const replies: string[] = []
  let bytes = ''
  let place = 'command' as 'command' | 'data' | 'auth' | 'over'
  /** Null: what comes next has not come. */
  const line = (): string | null => {
    const at = bytes.indexOf('\n')
    if (at < 0) return null
    const text = bytes.slice(0, at).replace(/\r$/, '')
    bytes = bytes.slice(at + 1)
    return text
  }
  const command = (answer: string): boolean => {
    const text = line()
    if (text === null) return false
    const read = readLine(text.split('\0', 1)[0] ?? '')
    if (read.kind !== 'command') return true
    const { verb, words } = read
    const good = /^[23]/.test(answer)
    if (verb === 'BDAT') {
      const size = Number(words[0]?.text)
      const last = words[1]?.text.toUpperCase() === 'LAST'
      if (/^521/.test(answer)) return true
      bytes = bytes.slice(size)
      if (good || /^5(?:50|54) 5\.[67]/.test(answer))
        // A letter whose end is refused by a rule leaves its transaction open.
        steps.push({ type: 'BDAT' }, { type: last && !/End-of-data/.test(answer) ? 'end-of-data' : 'chunk' })
      else steps.push({ type: last ? 'RSET' : 'chunk-refused' })
      return true
    }
    if (verb === 'AUTH') {
      const verdict = verdictOf(answer)
      if (verdict === null) return true
      steps.push({ type: 'AUTH' }, verdict)
      if (verdict.type === 'challenge') place = 'auth'
      return true
    }
    if (!good) {
      if (/^(?:503|554) 5\.5\.1 Error: (?!already|authentication not|TLS)/.test(answer))
        steps.push({ type: 'refused', verb })
      return true
    }
    steps.push({ type: verb })
    // What XCLIENT says of the client's greeting is a greeting.
    if (verb === 'XCLIENT' && words.some((word) => /^HELO=(?!\[UNAVAILABLE\])./i.test(word.text)))
      steps.push({ type: 'HELO' })
    if (verb === 'DATA') place = 'data'
    if (verb === 'STARTTLS') bytes = ''
    return true
  }
  const data = (): boolean => {
    const end = ends === 'strict' ? /(?:^|\r\n)\.\r\n/ : /(?:^|\n)\.\r?\n/
    const found = end.exec(bytes)
    if (found === null) return false
    bytes = bytes.slice(found.index + found[0].length)
    steps.push({ type: 'end-of-data' })
    place = 'command'
    return true
  }
  const answered = (answer: string): boolean => {
    if (line() === null) return false
    const verdict = verdictOf(answer) ?? ({ type: 'not-authenticated' } as const)
    steps.push(verdict)
    if (verdict.type !== 'challenge') place = 'command'
    return true
  }
  for (const exchange of exchanges) {
    bytes += exchange.bytes
    replies.push(...exchange.replies.map((reply) => reply.at(-1) ?? ''))
    for (let answer = replies[0]; answer !== undefined; answer = replies[0]) {
      if (/^(?:\{|421|521)/.test(answer) || place === 'over') return steps
      const took = place === 'command' ? command(answer) : place === 'data' ? data() : answered(answer)
      if (!took) break
      replies.shift()
      if (steps.at(-1)?.type === 'STARTTLS') {
        if (exchange.tls !== true) return steps
        steps.push({ type: 'tls-established' })
      }
      if (answer.startsWith('221')) place = 'over'
    }
  }
  return steps
}

function verdictOf(answer: string): SmtpSessionStep | null {
  if (answer.startsWith('334')) return { type: 'challenge' }
  if (answer.startsWith('235')) return { type: 'authenticated' }
  return /^(?:535|454|501 5\.7\.0|500 5\.5\.6)/.test(answer) ? { type: 'not-authenticated' } : null
}
