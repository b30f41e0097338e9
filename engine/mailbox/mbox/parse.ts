/**
 * A mbox is one file: each message begins with a `From ` line and ends with an empty one. Where a message ends is
 * known from its Content-Length if that leads to another `From ` line, else from the next such line.
 *
 * mbox(5), RFC 4155; Dovecot 2.3, "Mbox".
 */
export type MboxMessage = {
  /** Of the `From ` line. */
  readonly start: number
  readonly headerStart: number
  /** Of the empty line that ends the header, or of the end of the message when there is none. */
  readonly headerEnd: number
  readonly bodyStart: number
  readonly bodyEnd: number
  /** Where the next message begins. */
  readonly end: number
  readonly sender: string
  /** Milliseconds; of the `From ` line. */
  readonly date: number
  /** One a field, folded lines and LF with it. One character a byte. */
  readonly header: readonly string[]
}

/** Empty for an empty file; null when the file is no mbox. */
export function parseMbox(file: Buffer): MboxMessage[] | null {
  const messages: MboxMessage[] = []
  let at = 0
  while (at < file.length) {
    const from = readFromLine(file, at)
    if (from === null) return messages.length === 0 && file.toString('latin1').trim() !== '' ? null : messages
    const headerStart = from.end
    const headerEnd = endOfHeader(file, headerStart)
    const header = splitHeader(file.toString('latin1', headerStart, headerEnd))
    const bodyStart =
      file[headerEnd] === 10 ? headerEnd + 1 : file[headerEnd] === 13 ? headerEnd + 2 : headerEnd
    const { bodyEnd, end } = endOfBody(file, bodyStart, contentLength(header))
    messages.push({
      start: at,
      headerStart,
      headerEnd,
      bodyStart,
      bodyEnd,
      end,
      header,
      sender: from.sender,
      date: from.date,
    })
    at = end
  }
  return messages
}

const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'
const fromLine =
  /^From (\S+|"[^"]*"\S*) +(?:\w{3},? )?(?:(\w{3}) +(\d{1,2})|(\d{1,2}) (\w{3})) (?:(\d{4}) )?(\d\d):(\d\d)(?::(\d\d))?(?: [A-Za-z+\-0-9]+)*? ?(\d{4})?(?: [+-]\d{4})?\r?$/

function readFromLine(file: Buffer, at: number): { sender: string; date: number; end: number } | null {
  if (file.toString('latin1', at, at + 5) !== 'From ') return null
  let end = file.indexOf(10, at)
  if (end < 0) end = file.length
  if (end - at > 1000) return null
  const found = fromLine.exec(file.toString('latin1', at, end))
  if (found === null) return null
  const month = months.indexOf(found[2] ?? found[5] ?? '?') / 3
  const year = Number(found[6] ?? found[10])
  if (!Number.isInteger(month) || month < 0 || !Number.isFinite(year)) return null
  const date = Date.UTC(
    year,
    month,
    Number(found[3] ?? found[4]),
    Number(found[7]),
    Number(found[8]),
    Number(found[9] ?? 0),
  )
  return { sender: found[1] ?? '', date, end: Math.min(end + 1, file.length) }
}

function endOfHeader(file: Buffer, start: number): number {
  for (let at = start; at < file.length;) {
    if (file[at] === 10 || (file[at] === 13 && file[at + 1] === 10)) return at
    const next = file.indexOf(10, at)
    if (next < 0) return file.length
    at = next + 1
    if (file[at] === 70 && readFromLine(file, at) !== null) return at
  }
  return file.length
}

function splitHeader(text: string): string[] {
  const fields: string[] = []
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const last = fields.length - 1
    if (/^[ \t]/.test(line) && last >= 0) fields[last] = `${fields[last] ?? ''}${line}`
    else fields.push(line)
  }
  return fields
}

function contentLength(header: readonly string[]): number | null {
  const field = header.findLast((text) => /^content-length:/i.test(text))
  const digits = field === undefined ? undefined : /:\s*(\d{1,15})\s*$/.exec(field)?.[1]
  return digits === undefined ? null : Number(digits)
}

function endOfBody(file: Buffer, start: number, length: number | null): { bodyEnd: number; end: number } {
  if (length !== null && start + length <= file.length) {
    const bodyEnd = start + length
    if (bodyEnd === file.length) return { bodyEnd, end: bodyEnd }
    // The empty line after the message is not of it.
    const next = file[bodyEnd] === 10 ? bodyEnd + 1 : bodyEnd
    if (next === file.length || readFromLine(file, next) !== null) return { bodyEnd, end: next }
  }
  for (let at = start === 0 ? 0 : start - 1; ;) {
    const next = file.indexOf('\nFrom ', at)
    if (next < 0) break
    if (readFromLine(file, next + 1) !== null)
      return { bodyEnd: withoutBlank(file, start, next + 1), end: next + 1 }
    at = next + 1
  }
  return { bodyEnd: withoutBlank(file, start, file.length), end: file.length }
}

const withoutBlank = (file: Buffer, start: number, end: number): number =>
  end > start && file[end - 1] === 10 && (end - 1 === start || file[end - 2] === 10) ? end - 1 : end
