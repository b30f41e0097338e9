/** Which mark a reply has, in every view: by its class, whatever its protocol. LOOK: never a colour without its shape. */
import type { ReplyClass } from '#trace/reply-class.ts'

export { replyClassOf } from '#trace/reply-class.ts'

export type Mark = ReplyClass | null

/** The verb; of a command that the server does not know, the word that was typed. */
export const wordOf = ({ line, verb }: { line: string; verb: string }): string =>
  verb === 'UNKNOWN' || verb === '' ? (line.split(' ')[0] ?? '').slice(0, 16) : verb
