/** Plays cases against the real Postfix, in name spaces made for this process: a case a line on stdin, a recording a line on stdout. */
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import type { SmtpCase, SmtpOutcome } from '../smtp-case.ts'
import { SmtpPlayer } from '../smtp-player.ts'
import { outcomeOf } from '../smtp-world.ts'
import { enterPrivateHouse, startPostfix } from './private-postfix.ts'

export type Recorded = { readonly id: string } & (
  { readonly replies: SmtpCase['replies']; readonly outcome: SmtpOutcome } | { readonly failed: string }
)

enterPrivateHouse()
for await (const line of createInterface(process.stdin)) {
  const one = JSON.parse(line) as SmtpCase
  const recorded = await record(one).catch((error: unknown) => ({ id: one.id, failed: String(error) }))
  process.stdout.write(`${JSON.stringify(recorded)}\n`)
}
process.exit(0)

async function record(one: SmtpCase): Promise<Recorded> {
  const postfix = await startPostfix(one)
  try {
    const dial = (from: string) =>
      new Promise<ReturnType<typeof connect>>((resolve, reject) => {
        const { address: host, port } = postfix
        const socket = connect({ host, port, localAddress: from }, () => resolve(socket))
        socket.once('error', reject)
      })
    const wait = (milliseconds: number, something?: Promise<void>) =>
      Promise.race([
        new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
        ...(something ? [something] : []),
      ])
    const replies = await new SmtpPlayer(one, dial, wait).play()
    await postfix.settled()
    const outcome = await outcomeOf(one, postfix)
    return { id: one.id, replies, outcome: { ...outcome, log: decisions(outcome.log ?? []) } }
  } finally {
    await postfix.stop()
  }
}

/** Of the whole log the lines that tell what was decided, in their order, and then what became of each recipient. */
function decisions(log: readonly string[]): readonly string[] {
  const decided = log.filter(
    (line) =>
      /^(?:smtpd|cleanup): .*: (?:reject|reject_warning|warn|warning|info|hold|discard|filter|redirect|bcc|prepend|strip|replace|ignore|delay|pass)(?:: | )/.test(
        line,
      ) ||
      /^smtpd: (?:warning: (?:non-SMTP|Illegal|.*SASL .* authentication)|too many errors|timeout after)/.test(
        line,
      ),
  )
  const delivered = log.filter((line) => /^(?!smtpd|cleanup).*: to=<.*status=/.test(line)).sort()
  return [...decided, ...delivered]
}
