/** A command that cannot be done, and in which words the client hears it: Dovecot's. */
import { MailboxError } from '#mailbox/mail-store.ts'
import { no, type Tagged } from './outcome.ts'

/** Thrown by what handlers call; caught once, in the session. */
export class Refusal extends Error {
  readonly tagged: Tagged
  constructor(tagged: Tagged) {
    super(tagged.text)
    this.tagged = tagged
  }
}

/** Another session deleted the mailbox that this one has open. */
export const deletedUnderUs = no('Mailbox was deleted under us')

/** Something is wrong that is no business of the client's. */
export function internalError(now: number): string {
  const moment = new Date(now).toISOString().slice(0, 19).replace('T', ' ')
  return `Internal error occurred. Refer to server log for more information. [${moment}]`
}

export const badArguments = (command: string, message: string): Tagged => ({
  status: 'BAD',
  text: `Error in IMAP command ${command}: ${message}`,
})

/** Names a code with `Mailbox doesn't exist`: what the client can do about it. */
const missingCodes: Readonly<Record<string, string>> = {
  DELETE: 'NONEXISTENT',
  RENAME: 'NONEXISTENT',
  COPY: 'TRYCREATE',
  MOVE: 'TRYCREATE',
  APPEND: 'TRYCREATE',
}

export function refusalOf(error: unknown, command: string): Tagged | null {
  if (error instanceof Refusal) return error.tagged
  if (!(error instanceof MailboxError)) return null
  switch (error.code) {
    case 'NONEXISTENT':
      return no(error.message, missingCodes[command])
    case 'EXPUNGED':
      return no('Some of the requested messages no longer exist', 'EXPUNGEISSUED')
    case 'CANNOT':
    case 'ALREADYEXISTS':
    case 'OVERQUOTA':
    case 'NOPERM':
    case 'INUSE':
    case 'LIMIT':
      return no(error.message, error.code)
    case 'SERVERBUG':
      return no('Internal error occurred. Refer to server log for more information.', 'SERVERBUG')
    default:
      return no(error.message)
  }
}
