/** Runs a script over a letter, as a test shows both. */
import { posixRegex } from '#mailbox/scripts/regex.ts'
import { compileSieve } from '#protocol/sieve/compile.ts'
import { extensions } from '#protocol/sieve/extensions.ts'
import { runSieve, type SieveResult } from '#protocol/sieve/interpreter.ts'
import { readSieveMessage } from '#protocol/sieve/message.ts'
import type { SieveWorld } from '#protocol/sieve/run.ts'

export const invoice = `From: Petra <petra@out.example.test>
To: bob+lists@in.example.test
Subject: Invoice 9
Date: Tue, 06 Feb 2024 11:00:00 +0200

a few words
`

const everything = [
  'fileinto',
  'copy',
  'variables',
  'imap4flags',
  'regex',
  'relational',
  'envelope',
  'subaddress',
  'date',
  'body',
  'mime',
  'foreverypart',
  'extracttext',
  'vacation',
  'reject',
  'ihave',
  'comparator-i;ascii-numeric',
  'include',
]

export async function runScript(
  script: string,
  mail = invoice,
  world: Partial<SieveWorld> & { readonly scripts?: Readonly<Record<string, string>> } = {},
): Promise<SieveResult> {
  const text = `require [${everything.map((name) => `"${name}"`).join(', ')}];\n${script}`
  const { program, lines } = await compileSieve('main', text, {
    extensions: Object.keys(extensions),
    regex: posixRegex,
    find: async (_location, name) => world.scripts?.[name] ?? null,
  })
  if (program === null) throw new Error(lines.join('\n'))
  return runSieve(program, {
    message: readSieveMessage(Buffer.from(mail, 'latin1')),
    envelope: { from: 'petra@out.example.test', to: 'bob+lists@in.example.test', auth: null },
    user: 'bob',
    recipientDelimiter: '+',
    now: Date.UTC(2026, 10, 24, 8, 31, 3),
    environment: () => null,
    mailboxExists: async () => true,
    specialUseExists: async () => true,
    isDuplicate: async () => false,
    ...world,
  })
}

/** The folders that a letter goes to, in order. */
export const foldersOf = ({ actions }: SieveResult): readonly (string | null)[] =>
  actions.flatMap((action) => (action.kind === 'store' ? [action.folder] : []))
