/**
 * Modified UTF-7: how IMAP and Maildir++ write folder names with letters beyond ASCII, `Entw&APw-rfe` for `Entwürfe`.
 *
 * RFC 3501 §5.1.3.
 */
export function encodeModifiedUtf7(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-'
    const bytes = Buffer.alloc(run.length * 2)
    for (let i = 0; i < run.length; i++) bytes.writeUInt16BE(run.charCodeAt(i), i * 2)
    return `&${bytes.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`
  })
}

/** Null when the text is not modified UTF-7. */
export function decodeModifiedUtf7(text: string): string | null {
  if (/[^\x20-\x7e]/.test(text)) return null
  const faults: string[] = []
  const name = text.replace(/&([^-&]*)(-?)/g, (_all, coded: string, end: string) => {
    if (end === '') faults.push(coded)
    if (coded === '') return '&'
    if (!/^[A-Za-z0-9+,]+$/.test(coded)) faults.push(coded)
    const bytes = Buffer.from(coded.replaceAll(',', '/'), 'base64')
    if (bytes.length % 2 !== 0 || bytes.length === 0) faults.push(coded)
    let decoded = ''
    for (let i = 0; i + 1 < bytes.length; i += 2) decoded += String.fromCharCode(bytes.readUInt16BE(i))
    return decoded
  })
  return faults.length === 0 && encodeModifiedUtf7(name) === text ? name : null
}
