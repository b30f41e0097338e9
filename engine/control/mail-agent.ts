/** User agents on the hosts of a lab: the page's own mail form and the `submit` and `fetch` of scenarios. */
import { fetchMail } from '#mua/fetch.ts'
import { submit, type Submitted } from '#mua/submit.ts'
import { NetError } from '#platform/net.ts'
import type { LabHandle } from './lab-handle.ts'

type Login = {
  readonly user: string
  readonly password: string
  readonly from: string
  readonly host: string
  readonly port: number
}

/** A whole letter, header first; its envelope is read from the header, as user agents do. */
export async function submitWith(lab: LabHandle, login: Login & { message: string }): Promise<string | null> {
  const header = readHeader(login.message)
  const sender = addresses(header.get('from') ?? '')[0]
  const recipients = ['to', 'cc', 'bcc'].flatMap((name) => addresses(header.get(name) ?? ''))
  if (sender === undefined || recipients.length === 0)
    return 'the letter needs a From: and a To: with addresses'
  const message = dated(lab, login, header, login.message)
  const result = await submitLetter(lab, login, { sender, recipients, message })
  if (!result.ok) return `${result.at} was refused: ${result.reply}`
  const [refused] = result.refused
  return refused === undefined ? null : `${refused.recipient} was refused: ${refused.reply}`
}

export async function submitLetter(
  lab: LabHandle,
  { from, host, port, user, password }: Login,
  letter: { sender: string; recipients: readonly string[]; message: string },
): Promise<Submitted> {
  try {
    const connection = await lab.connect(from, host, port)
    const tls = port === 465 ? 'at once' : 'starttls'
    return await submit({
      connection,
      tls,
      name: from,
      server: host,
      authority: lab.root,
      user,
      password,
      ...letter,
    })
  } catch (error) {
    if (error instanceof NetError) return { ok: false, at: 'connect', reply: error.message }
    throw error
  }
}

export async function fetchWith(
  lab: LabHandle,
  { from, host, port, user, password }: Login,
): Promise<string | null> {
  try {
    const connection = await lab.connect(from, host, port)
    const tls = port === 995 ? 'at once' : 'none'
    const result = await fetchMail({ connection, tls, server: host, authority: lab.root, user, password })
    return result.ok ? null : `${result.at} was refused: ${result.reply}`
  } catch (error) {
    if (error instanceof NetError) return error.message
    throw error
  }
}

/** A letter from a subject and a body, with the fields that a user agent gives it. */
export function writeLetter(
  lab: LabHandle,
  {
    sender,
    recipients,
    subject,
    body,
  }: { sender: string; recipients: readonly string[]; subject: string; body: string },
): string {
  // A field ends with its line: what was typed must not begin another one.
  const plain = (text: string) => text.replace(/[\r\n]+/g, ' ')
  const header = [
    `From: ${plain(sender)}`,
    `To: ${recipients.map(plain).join(', ')}`,
    `Subject: ${encodedWord(plain(subject))}`,
    `Date: ${mailDate(lab.clock.now())}`,
    `Message-ID: ${messageId(lab, plain(sender))}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ]
  return [...header, '', body].join('\n')
}

/** RFC 2047 §2: a word of other than ASCII travels as base64, at most 75 characters each. */
function encodedWord(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  const words: string[] = []
  let word = ''
  for (const character of text) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word)
      word = ''
    }
    word += character
  }
  return [...words, word].map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join(' ')
}

function dated(lab: LabHandle, login: Login, header: ReadonlyMap<string, string>, message: string): string {
  const missing = [
    ...(header.has('date') ? [] : [`Date: ${mailDate(lab.clock.now())}`]),
    ...(header.has('message-id') ? [] : [`Message-ID: ${messageId(lab, `${login.user}@${login.from}`)}`]),
  ]
  return [...missing, message].join('\n')
}

/** The place of the submission in the trace is a number that no other letter of this lab has. */
const messageId = (lab: LabHandle, sender: string) =>
  `<${lab.clock.now().toString(36)}.${lab.trace.head}@${sender.slice(sender.lastIndexOf('@') + 1)}>`

/** RFC 5322 §3.3. */
const mailDate = (at: number) => new Date(at).toUTCString().replace('GMT', '+0000')

function readHeader(message: string): ReadonlyMap<string, string> {
  const end = message.search(/\r?\n\r?\n/)
  const lines = (end === -1 ? message : message.slice(0, end)).replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
}

/** The addresses of a field, with or without display names. RFC 5322 §3.4, without groups and comments. */
const addresses = (field: string): readonly string[] =>
  field
    .split(',')
    .map((one) => /<([^<>]*)>/.exec(one)?.[1] ?? one.trim())
    .filter((one) => one.includes('@'))
