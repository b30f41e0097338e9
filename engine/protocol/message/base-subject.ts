/**
 * What is left of a subject without `Re:`, `Fwd:`, `[list]` and `(fwd)`: by it SORT and THREAD compare.
 *
 * RFC 5256 §2.1.
 */
export type BaseSubject = { readonly base: string; readonly isReply: boolean }

const blob = /^\[[^[\]]*\]\s*/
const leader = /^(?:re|fwd?)\s*(?:\[[^[\]]*\]\s*)?:\s*/i

/** The subject decoded and on one line. */
export function baseSubject(subject: string): BaseSubject {
  let isReply = false
  let text = subject.replace(/\s+/g, ' ').trim()
  for (;;) {
    const before = text
    const trailer = /\s*\(fwd\)$/i.exec(text)
    if (trailer) {
      text = text.slice(0, trailer.index)
      isReply = true
    }
    for (;;) {
      const found = leader.exec(text)
      if (found) {
        text = text.slice(found[0].length)
        isReply = true
        continue
      }
      const blobs = blob.exec(text)
      if (blobs === null) break
      const rest = text.slice(blobs[0].length)
      // A blob is only taken away when something is left.
      if (rest === '') break
      text = rest
    }
    const wrapped = /^\[fwd:\s*(.*)\]$/i.exec(text)
    if (wrapped) {
      text = (wrapped[1] ?? '').trim()
      isReply = true
    }
    text = text.trim()
    if (text === before) return { base: text, isReply }
  }
}
