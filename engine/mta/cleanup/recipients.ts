/**
 * Recipients on their way into a queue file: addresses completed, mapped and expanded, each once.
 *
 * ADDRESS_REWRITING_README; canonical(5), virtual(5).
 */
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { Emit } from '#engine/machine.ts'
import type { Addressing } from '../addressing.ts'
import type { Recipient } from '../handover.ts'

export type RecipientSettings = {
  readonly mapped: boolean
  readonly enableOriginalRecipient: boolean
  readonly duplicateLimit: number
  /** A recipient without ORCPT gets the address as it is complete: sendmail(1) gives none. */
  readonly namesOriginal: boolean
}

export class RecipientList {
  readonly recipients: Recipient[] = []
  /** NOTIFY=SUCCESS on an address that became several: the sender is told that it was expanded. */
  readonly expanded: Recipient[] = []
  readonly #seen = new Set<string>()
  readonly #queueId: string
  readonly #addressing: Addressing
  readonly #settings: RecipientSettings
  readonly #emit: Emit

  constructor(input: { queueId: string; addressing: Addressing; settings: RecipientSettings; emit: Emit }) {
    this.#queueId = input.queueId
    this.#addressing = input.addressing
    this.#settings = input.settings
    this.#emit = input.emit
  }

  /** Resolves with the address before virtual aliases: recipient_bcc_maps go by it. */
  async add(given: Recipient): Promise<string> {
    const address = await this.#canonical(given.address)
    const { namesOriginal } = this.#settings
    const orcpt = given.orcpt ?? (namesOriginal ? `rfc822;${quoteAddress(address)}` : null)
    const recipient = { ...given, orcpt }
    const expansions = this.#settings.mapped ? await this.#addressing.virtual(address) : [address]
    const aliased = expansions.length !== 1 || expansions[0] !== address
    if (aliased) {
      this.#emit({
        type: 'cleanup.rewritten',
        queueId: this.#queueId,
        what: 'recipient',
        from: address,
        to: [...expansions],
        by: 'virtual_alias_maps',
      })
    }
    let notify = recipient.notify
    if (aliased && notify.includes('success')) {
      this.expanded.push({ ...recipient, address })
      notify = notify.filter((when) => when !== 'success')
      if (notify.length === 0) notify = ['never']
    }
    for (const expansion of expansions) this.#put({ ...recipient, address: expansion, notify })
    return address
  }

  async #canonical(given: string): Promise<string> {
    const completed = this.#addressing.rewrite(given === '' ? 'MAILER-DAEMON' : given, 'local')
    if (!this.#settings.mapped) return completed
    const { address, by } = await this.#addressing.canonical(completed, 'envelope_recipient')
    if (by !== null && address !== completed) {
      this.#emit({
        type: 'cleanup.rewritten',
        queueId: this.#queueId,
        what: 'recipient',
        from: completed,
        to: [address],
        by,
      })
    }
    return address
  }

  #put(recipient: Recipient): void {
    const { enableOriginalRecipient, duplicateLimit } = this.#settings
    const asked = enableOriginalRecipient ? [recipient.orcpt ?? '', recipient.original] : []
    const key = [...asked, recipient.notify.join(), recipient.address].join('\n').toLowerCase()
    if (this.#seen.has(key)) return
    if (this.#seen.size < duplicateLimit) this.#seen.add(key)
    this.recipients.push(recipient)
  }
}
