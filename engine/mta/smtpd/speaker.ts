/**
 * What the server says: the only place from which a reply leaves. It adds the footer, softens what soft_bounce wants
 * softened, takes its time with a client that makes errors, and states the fact.
 */
import type { Machine } from '#engine/machine.ts'
import type { Postfix } from '#mta/postfix.ts'
import { utf8 } from '#protocol/bytes/text.ts'
import { replyLines, writeReply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import type { Transcript } from '#protocol/smtp/transcript.ts'
import type { Conversation } from './conversation.ts'
import { Ended } from './ended.ts'
import { withFooter } from './footer.ts'
import type { Patience } from './patience.ts'
import type { SmtpdSettings } from './settings.ts'
import { tracedReply } from './traced-reply.ts'
import type { SessionWire } from './wire.ts'

export type SpeakerParts = {
  readonly id: string
  readonly machine: Machine
  readonly postfix: Postfix
  readonly settings: SmtpdSettings
  readonly wire: SessionWire
}

export class Speaker {
  readonly #parts: SpeakerParts
  readonly #patience: Patience
  readonly #transcript: Transcript

  constructor(parts: SpeakerParts, patience: Patience, transcript: Transcript) {
    this.#parts = parts
    this.#patience = patience
    this.#transcript = transcript
  }

  /** A reply to a command. 421 and 521 end the session: throws Ended. */
  async say(answer: Reply, now: Conversation): Promise<void> {
    await this.#speak(answer, now, {})
    hangUpAfter(answer)
  }

  /** A greeting, or a goodbye that nobody asked for. */
  async announce(answer: Reply, now: Conversation): Promise<void> {
    await this.#speak(answer, now, { unasked: true })
    hangUpAfter(answer)
  }

  /** The last word before the session ends for another reason. */
  async lastWord(answer: Reply, now: Conversation): Promise<void> {
    await this.#speak(answer, now, { unasked: true })
  }

  async #speak(answer: Reply, now: Conversation, how: { unasked?: true }): Promise<void> {
    const { id, machine, wire, settings } = this.#parts
    const { sleep } = settings.errors
    const delayed = this.#patience.isThin && sleep > 0
    if (delayed) {
      await wire.flush(settings.timeout)
      await machine.clock.sleep(sleep)
    }
    const softer = settings.softBounce === 'yes' ? softened(answer) : answer
    const whole = await this.#complete(softer, now)
    const complete = settings.smtputf8 === 'yes' ? whole : withoutOtherLetters(whole)
    wire.write(writeReply(complete))
    for (const line of replyLines(complete)) this.#transcript.said(line)
    if (delayed) await wire.flush(settings.timeout)
    machine.emit({ type: 'smtpd.reply', session: id, reply: tracedReply(complete), ...how })
  }

  #complete(answer: Reply, now: Conversation): Reply | Promise<Reply> {
    const { postfix, settings } = this.#parts
    const { rejectFooter, rejectFooterMaps } = settings
    if (answer.code < 400 || (rejectFooter === '' && rejectFooterMaps.length === 0)) return answer
    return withFooter(answer, postfix, settings, now)
  }
}

/** Where no other alphabet is spoken, each byte of one is left blank. postconf(5): smtputf8_enable. */
const withoutOtherLetters = (answer: Reply): Reply => ({
  ...answer,
  lines: answer.lines.map((line) =>
    line.replace(/[^\0-\x7f]/gu, (letter) => ' '.repeat(utf8(letter).length)),
  ),
})

function hangUpAfter({ code }: Reply): void {
  if (code === 421 || code === 521) throw new Ended(`${code} sent`)
}

function softened(answer: Reply): Reply {
  if (answer.code < 500) return answer
  const status = answer.status?.startsWith('5') ? `4${answer.status.slice(1)}` : answer.status
  return { ...answer, code: answer.code - 100, status }
}
