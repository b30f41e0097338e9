/** The parts that dialogues are put together from: one host, firm.example, and a client that says what a case varies. */
import type { SmtpCase, SmtpStep } from '../../smtp-case.ts'

export type Variation = {
  readonly main?: readonly string[]
  readonly dialogue: readonly SmtpStep[]
} & Partial<
  Pick<
    SmtpCase,
    'accounts' | 'files' | 'zone' | 'hosts' | 'next_hops' | 'sasl_mechanisms' | 'client_ip' | 'timeout'
  >
>

/** Variations by name. */
export type Area = Readonly<Record<string, Variation>>

export type Case = Omit<SmtpCase, 'replies' | 'outcome'>

/** An address that is in no one's network. */
export const outside = '127.0.0.5'
export const hostname = 'mail.firm.example'

export const caseOf = (area: string, name: string, { main = [], ...rest }: Variation): Case => ({
  id: `${area}/${name}`,
  about: name.replaceAll('-', ' '),
  hostname,
  accounts: { anna: 'secret-anna', bert: 'pass.bert', cleo: 'cleo42' },
  client_ip: outside,
  ...rest,
  main_cf: ['mydestination = $myhostname, firm.example, localhost', ...main],
})

export const say = (...lines: readonly string[]): readonly SmtpStep[] => lines.map((send) => ({ send }))
export const ehlo = 'EHLO client.outside.test'
export const from = (path = '<sender@outside.test>', words = '') =>
  `MAIL FROM:${path}${words === '' ? '' : ` ${words}`}`
export const to = (path = '<anna@firm.example>', words = '') =>
  `RCPT TO:${path}${words === '' ? '' : ` ${words}`}`
export const letter = ['From: sender@outside.test', 'To: anna@firm.example', 'Subject: test', '', 'Hello.']
export const data = (lines: readonly string[] = letter): readonly SmtpStep[] => [
  ...say('DATA'),
  { data: lines },
]

/** One letter, from the greeting to the goodbye. */
export const mail = (
  recipients: readonly string[] = ['<anna@firm.example>'],
  sender = '<sender@outside.test>',
  lines: readonly string[] = letter,
): readonly SmtpStep[] => [
  ...say(ehlo, from(sender), ...recipients.map((path) => to(path))),
  ...data(lines),
  ...say('QUIT'),
]

/** The same dialogue under each of these settings. */
export const under = (
  dialogue: readonly SmtpStep[],
  settings: Readonly<Record<string, string | readonly string[]>>,
  more: Omit<Variation, 'main' | 'dialogue'> = {},
): Area =>
  Object.fromEntries(
    Object.entries(settings).map(([name, main]) => [
      name,
      { main: typeof main === 'string' ? [main] : main, dialogue, ...more },
    ]),
  )

export const named = (prefix: string, area: Area): Area =>
  Object.fromEntries(Object.entries(area).map(([name, variation]) => [`${prefix}-${name}`, variation]))
