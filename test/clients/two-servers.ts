/** What two servers of the same folders are asked, and how letters come to both. */
import { LineClient } from '../bench/line-client.ts'
import { letter } from './office.ts'

export async function logIn(port: number, password: string): Promise<LineClient> {
  const client = await LineClient.open(port)
  await client.imap(`LOGIN bob ${password}`)
  return client
}

export type Seen = {
  readonly uid: string | undefined
  readonly flags: readonly string[] | undefined
  readonly size: string | undefined
  readonly date: string | undefined
  readonly text: string
}

/** What a client sees of a folder. */
export async function seen(
  client: LineClient,
  folder: string,
): Promise<{ validity: string | undefined; next: string | undefined; messages: readonly Seen[] }> {
  const opened = await client.imap(`EXAMINE "${folder}"`)
  const [, validity] = /UIDVALIDITY (\d+)/.exec(opened) ?? []
  const [, next] = /UIDNEXT (\d+)/.exec(opened) ?? []
  const answer = await client.imap('FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[])')
  const fetched = answer.slice(0, answer.lastIndexOf('\r\nt OK'))
  const messages = fetched.split(/^(?=\* \d+ FETCH)/m).map((text) => ({
    uid: /UID (\d+)/.exec(text)?.[1],
    flags: /FLAGS \(([^)]*)\)/
      .exec(text)?.[1]
      ?.split(' ')
      .filter((flag) => flag !== '\\Recent' && flag !== '')
      .sort(),
    size: /RFC822.SIZE (\d+)/.exec(text)?.[1],
    date: /INTERNALDATE ("[^"]*")/.exec(text)?.[1],
    text: text.slice(text.indexOf('}\r\n')),
  }))
  return { validity, next, messages: messages.filter(({ uid }) => uid !== undefined) }
}

export const listed = async (client: LineClient) =>
  (await client.imap('LIST "" *'))
    .split('\r\n')
    .flatMap((line) => /^\* LIST \(.*\) "[./]" (.*)$/.exec(line)?.[1] ?? [])
    .sort()

export const subscribed = async (client: LineClient) =>
  (await client.imap('LSUB "" *'))
    .split('\r\n')
    .flatMap((line) => /^\* LSUB \(.*\) "[./]" (.*)$/.exec(line)?.[1] ?? [])
    .sort()

/** One after the other, with a keyword each. */
export async function append(client: LineClient, names: readonly string[], keyword: string): Promise<void> {
  for (const name of names) {
    const text = letter(name)
    await client.imap(`APPEND INBOX (${keyword}) {${text.length}+}\r\n${text}`)
  }
}
export async function deliverAll(port: number, address: string, names: readonly string[]): Promise<void> {
  const client = await LineClient.open(port)
  await client.ask('LHLO x\r\n', /\r\n250 [^\r\n]*\r\n$/)
  for (const name of names) {
    await client.ask('MAIL FROM:<a@example.net>\r\n')
    await client.ask(`RCPT TO:<${address}>\r\n`)
    await client.ask('DATA\r\n')
    const answer = await client.ask(`${letter(name)}.\r\n`)
    if (!answer.startsWith('250')) throw new Error(answer)
  }
  client.close()
}

export const numbered = (who: string, count: number) => Array.from({ length: count }, (_, i) => `${who} ${i}`)
