/**
 * Does what a script decided: stores, sends, remembers. No letter is stored anywhere before it is known that each folder
 * is there; when one is not, the letter is kept as if there were no script.
 *
 * RFC 5228 §2.10.6.
 */
import { checkFolderName } from '#mailbox/folder-names.ts'
import { MailboxError, type Flag } from '#mailbox/mail-store.ts'
import { latin1, latin1Of, textOf, utf8 } from '#protocol/bytes/text.ts'
import type { HeaderLine } from '#protocol/message/header-lines.ts'
import type { Action } from '#protocol/sieve/actions.ts'
import { shownText } from '#protocol/sieve/shown-text.ts'
import type { Delivery } from '../delivery.ts'
import type { Duplicates } from './duplicates.ts'
import { edited, firstValue, readLetterHeader, type LetterHeader } from './headers.ts'
import { notification } from './notify.ts'
import type { OutgoingWorld, Post } from './outgoing.ts'
import { isLoop, redirectedLetter, redirectSender } from './redirect.ts'
import { rejectionLetter } from './reject.ts'
import { specialUseFolder } from './special-use.ts'
import type { UserLog } from './user-log.ts'
import { decideVacation, vacationLetter } from './vacation.ts'
import { folderOf } from './world.ts'

export type CarryOutParts = {
  readonly delivery: Delivery
  readonly post: Post
  readonly duplicates: Duplicates
  readonly userLog: UserLog
  readonly outgoing: () => OutgoingWorld
  /** A line of the server's own log. */
  readonly logged: (text: string) => void
}

export type Decided = {
  readonly actions: readonly Action[]
  readonly flags: readonly string[]
  /** As the scripts left it; null: as it came. */
  readonly header: readonly HeaderLine[] | null
}

/** sieve_redirect_duplicate_period. */
const redirectPeriod = 12 * 3600

type Store = Extract<Action, { kind: 'store' }>

class Refused extends Error {}
/** It is in the log already. */
class StoreFailed extends Error {}

/** Rejects with MailboxError when not even the implicit keep succeeds. */
export async function carryOut(decided: Decided, parts: CarryOutParts): Promise<void> {
  const { delivery, userLog } = parts
  const header = readLetterHeader(delivery.content)
  const about = `msgid=${firstValue(header, 'message-id') ?? 'unspecified'}`
  const doer = new Doer(header, about, parts)
  let kept = true
  try {
    const folders = new Map<Store, string>()
    for (const action of decided.actions) {
      if (action.kind === 'store') folders.set(action, await doer.prepare(action))
    }
    for (const action of decided.actions) if (await doer.perform(action, folders)) kept = false
  } catch (error) {
    if (error instanceof Refused) userLog.add(`error: ${about}: ${error.message}.`)
    else if (!(error instanceof StoreFailed)) throw error
    kept = true
  }
  if (kept) await doer.store(delivery.folder, decided, null)
}

class Doer {
  readonly #header: LetterHeader
  readonly #about: string
  readonly #parts: CarryOutParts

  constructor(header: LetterHeader, about: string, parts: CarryOutParts) {
    this.#header = header
    this.#about = about
    this.#parts = parts
  }

  /** The folder of a store action, made if it may be. */
  async prepare(action: Store): Promise<string> {
    const { store, settings, folder: usual } = this.#parts.delivery
    if (action.folder === null) return usual
    const special = action.specialUse === null ? null : specialUseFolder(settings, action.specialUse)
    if (special !== null) return special
    try {
      const name = folderOf(action.folder, { store })
      if (name === 'INBOX') return name
      checkFolderName(name, store)
      if ((await store.folders()).some((folder) => folder.name === name && folder.selectable)) return name
      if (!action.create && !settings.flag('lda_mailbox_autocreate'))
        throw new MailboxError('NONEXISTENT', `Mailbox doesn't exist: ${action.folder}`)
      await store.create(name, { session: this.#parts.delivery.session })
      if (settings.flag('lda_mailbox_autosubscribe')) await store.subscribe(name, 'subscribed')
      return name
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error
      throw new Refused(
        `${action.by} action: failed to store into mailbox '${shownText(action.folder, 128)}': ${error.message}`,
      )
    }
  }

  /** True when the implicit keep is cancelled. */
  async perform(action: Action, folders: ReadonlyMap<Store, string>): Promise<boolean> {
    switch (action.kind) {
      case 'store':
        await this.#storeBy(action, folders.get(action) ?? 'INBOX')
        return !action.copy
      case 'redirect':
        return (await this.#redirect(action.address, action.header ?? null)) && !action.copy
      case 'discard':
        this.#log(
          'discard action: Marked message to be discarded if not explicitly delivered (discard action)',
        )
        return true
      case 'reject':
        await this.#reject(action.reason)
        return true
      case 'vacation':
        await this.#vacation(action)
        return false
      case 'notify':
        await this.#notify(action)
        return false
      case 'track':
        await this.#remember(['duplicate', action.handle, action.id], action.seconds)
        return false
      default:
        return action satisfies never
    }
  }

  /** `action`: whose doing it is; null: the implicit keep. */
  async store(
    folder: string,
    { flags, header }: { readonly flags: readonly string[]; readonly header: readonly HeaderLine[] | null },
    action: Store | null,
  ): Promise<void> {
    const { delivery, userLog } = this.#parts
    const changed = header === null ? {} : { content: edited(delivery.content, header) }
    const typed = action?.folder ?? latin1Of(utf8(folder.replaceAll('/', delivery.store.separator)))
    const inbox = folder === 'INBOX' && typed !== 'INBOX' ? ' (INBOX)' : ''
    const shown = `'${textOf(latin1(shownText(typed, 128)))}'${inbox}`
    const by = action?.by === 'fileinto' ? 'fileinto action: ' : ''
    try {
      await delivery.save(folder, { flags: this.#flags(flags), ...changed })
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error
      const why = `${by}failed to store into mailbox ${shown}: ${error.message}`
      this.#log(why)
      userLog.add(`error: ${this.#about}: ${why}.`)
      throw error
    }
    this.#log(`${by}stored mail into mailbox ${shown}`)
  }

  /** What a script wanted stored; when that fails, the letter is kept instead. */
  async #storeBy(action: Store, folder: string): Promise<void> {
    try {
      await this.store(folder, { flags: action.flags, header: action.header ?? null }, action)
    } catch (error) {
      // What could not be kept once is not kept the second time.
      if (!(error instanceof MailboxError) || action.by === 'keep') throw error
      throw new StoreFailed()
    }
  }

  #flags(flags: readonly string[]): readonly Flag[] {
    const longest = this.#parts.delivery.settings.number('mail_max_keyword_length') || 50
    const system = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft']
    const known = flags.flatMap(
      (flag) => system.find((one) => one.toLowerCase() === flag.toLowerCase()) ?? [],
    )
    const keywords = flags.filter((flag) => !flag.startsWith('\\'))
    const tooLong = keywords.filter((keyword) => keyword.length > longest)
    if (tooLong.length === 0) return [...known, ...keywords]
    const { userLog } = this.#parts
    for (const keyword of tooLong) {
      const shown = shownText(keyword, 64)
      userLog.add(
        `warning: ${this.#about}: specified IMAP keyword '${shown}' is invalid (ignored): keyword length too long.`,
      )
    }
    userLog.add(`error: ${this.#about}: invalid keywords set for stored message.`)
    return known
  }

  /** False: it was sent there before, or comes from there. */
  async #redirect(address: string, edits: readonly HeaderLine[] | null): Promise<boolean> {
    const { delivery } = this.#parts
    if (isLoop(this.#header, delivery.recipient)) {
      this.#log(
        `redirect action: not forwarding message to <${address}>: the \`X-Sieve-Redirected-From' header indicates a mail loop`,
      )
      return false
    }
    const id = firstValue(this.#header, 'message-id')
    const mark = ['redirect', id ?? '', address, delivery.recipient]
    if (id !== null && (await this.#isKnown(mark))) {
      this.#log(`redirect action: discarded duplicate forward to <${address}>`)
      return false
    }
    const header = edits === null ? this.#header : { ...this.#header, lines: edits }
    const content = redirectedLetter(this.#parts.outgoing(), header, delivery.content)
    await this.#send('redirect', redirectSender(this.#parts.outgoing()), [address], content)
    if (id !== null) await this.#remember(mark, redirectPeriod)
    this.#log(`redirect action: forwarded to <${address}>`)
    return true
  }

  async #reject(reason: string): Promise<void> {
    const { sender } = this.#parts.delivery
    if (sender === '') {
      this.#log('reject action: not sending reject message to <>')
      return
    }
    await this.#send('reject', '', [sender], rejectionLetter(this.#parts.outgoing(), this.#header, reason))
    this.#log(`reject action: rejected message from <${sender}> (reject)`)
  }

  async #vacation(action: Extract<Action, { kind: 'vacation' }>): Promise<void> {
    const { sender, recipient, originalRecipient } = this.#parts.delivery
    const decision = decideVacation(sender, [originalRecipient, recipient], action, this.#header)
    if (decision.kind === 'not') {
      this.#log(`vacation action: ${decision.why}`)
      return
    }
    const mark = ['vacation', action.handle, sender.toLowerCase()]
    if (await this.#isKnown(mark)) {
      this.#log(`vacation action: discarded duplicate vacation response to <${sender}>`)
      return
    }
    const content = vacationLetter(this.#parts.outgoing(), this.#header, action, decision.from)
    await this.#send('vacation', '', [sender], content)
    await this.#remember(mark, action.seconds)
    this.#log(`vacation action: sent vacation response to <${sender}>`)
  }

  async #notify(action: Extract<Action, { kind: 'notify' }>): Promise<void> {
    const letter = notification(this.#parts.outgoing(), this.#header, action)
    if (letter === null) {
      this.#log('notify action: not sending notification for auto-submitted message')
      return
    }
    await this.#send('notify', letter.sender, letter.recipients, letter.content)
    for (const recipient of letter.recipients)
      this.#log(`notify action: sent mail notification to <${recipient}>`)
  }

  async #send(
    what: string,
    sender: string,
    recipients: readonly string[],
    content: Uint8Array,
  ): Promise<void> {
    const { user } = this.#parts.delivery
    try {
      await this.#parts.post({ sender, recipients, content, user })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new Refused(`${what} action: failed to send message to <${recipients.join('>, <')}>: ${why}`)
    }
  }

  #seconds(): number {
    return Math.floor(this.#parts.outgoing().machine.clock.now() / 1000)
  }

  #isKnown(mark: readonly string[]): Promise<boolean> {
    return this.#parts.duplicates.isKnown(mark, this.#seconds())
  }

  #remember(mark: readonly string[], seconds: number): Promise<void> {
    const now = this.#seconds()
    return this.#parts.duplicates.remember(mark, now + seconds, now)
  }

  #log(text: string): void {
    this.#parts.logged(`sieve: ${this.#about}: ${text}`)
  }
}
