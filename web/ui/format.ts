/** Times, sizes and addresses as the page writes them. */

/** Lab time of day, UTC, as a log has it: 09:00:02. */
export const clockTime = (at: number): string => new Date(at).toISOString().slice(11, 19)

export const dayAndTime = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

export const address = (path: string): string => `<${path}>`

/** `250 2.1.0 Ok`, its first line. */
export const replyLine = (reply: { code: string; status: string | null; lines: readonly string[] }): string =>
  [reply.code, reply.status, reply.lines[0]].filter(Boolean).join(' ')

/** Text that came as bytes U+0000..U+00FF, read as UTF-8. */
export function textOfBytes(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)))
}
