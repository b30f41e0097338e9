/** Plays a recorded dialogue against a lab in memory, and tells where it and the recording part. */
import type { SmtpCase, SmtpOutcome } from './smtp-case.ts'
import { SmtpPlayer } from './smtp-player.ts'
import { outcomeOf, startCase } from './smtp-world.ts'

export type Played = { readonly replies: readonly (readonly string[])[]; readonly outcome: SmtpOutcome }

export async function playInLab(recorded: SmtpCase): Promise<Played> {
  const lab = await startCase(recorded)
  try {
    const dial = (address: string) => lab.connect(address, recorded.hostname, 25)
    const wait = (milliseconds: number) => lab.clock.advance(milliseconds)
    const replies = await new SmtpPlayer(recorded, dial, wait).play()
    await lab.clock.advance(5000)
    return { replies, outcome: await outcomeOf(recorded, lab) }
  } finally {
    await lab.stop()
  }
}

/** Where mail ended, in an order of its own: files in a Maildir have none when they come in one moment. */
export function comparable(outcome: SmtpOutcome): object {
  const boxes = <T>(named: Readonly<Record<string, readonly T[]>> = {}) =>
    Object.fromEntries(
      Object.entries(named)
        .filter(([, mail]) => mail.length > 0)
        .map(([name, mail]) => [name, sorted(mail)]),
    )
  const { mailboxes, virtual_mailboxes, files, relayed = [], queue = [], messages } = outcome
  return {
    mailboxes: boxes(mailboxes),
    virtual: boxes(virtual_mailboxes),
    files: boxes(files),
    relayed: sorted(relayed),
    queue: sorted(queue),
    messages: boxes(messages),
  }
}

const sorted = <T>(list: readonly T[]): readonly T[] =>
  [...list].sort((a, b) => (inOrder(a) < inOrder(b) ? -1 : 1))

/** A text for sorting that is the same however the keys lie. */
const inOrder = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

/** Lines of the recorded log that ours lacks; ours has every line, the recording only those about decisions. */
export function missingFromLog(recorded: SmtpOutcome, ours: SmtpOutcome): readonly string[] {
  const logged = new Set(ours.log)
  return (recorded.log ?? []).filter((line) => !logged.has(line))
}
