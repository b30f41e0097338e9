/** Messages of the open mailbox as threads, and the threads in which some of them stand. RFC 5256. */
import type { Uid } from '#mailbox/mail-store.ts'
import type { By } from '#protocol/imap/grammar.ts'
import { threadMessages, type Threadable, type ThreadAlgorithm } from '#protocol/imap/thread.ts'
import { baseSubject } from '#protocol/message/base-subject.ts'
import { fieldValue, readHeaderLines, type HeaderLine } from '#protocol/message/header-lines.ts'
import { readMailDate } from '#protocol/message/read-date.ts'
import type { Account, Numbered } from '../account.ts'
import { decodeHeaderText, folded } from './text.ts'

const mostReferences = 1000
const fieldsOfThreads = ['SUBJECT', 'MESSAGE-ID', 'REFERENCES', 'IN-REPLY-TO', 'DATE']

export async function threadables(
  account: Account,
  messages: readonly Numbered[],
  by: By,
): Promise<readonly Threadable[]> {
  const { mailbox } = account.view
  await mailbox.load(messages.map(({ entry }) => entry.uid))
  const lines = await mailbox.readFields(
    messages.map(({ entry }) => entry.uid),
    fieldsOfThreads,
  )
  const found: Threadable[] = []
  for (const { entry, number } of messages) {
    // Of a message that is gone nothing is known but its number.
    const there = lines.get(entry.uid)
    const fields = readHeaderLines(there ?? '')
    const { base, isReply } = baseSubject(decodeHeaderText(fieldValue(fields, 'Subject') ?? ''))
    found.push({
      number: by === 'uid' ? entry.uid : number,
      messageId: ids(fieldValue(fields, 'Message-ID'))[0] ?? null,
      references: referencesOf(fields),
      subject: folded(base),
      isReply,
      sent:
        there === undefined
          ? 0
          : (readMailDate(fieldValue(fields, 'Date') ?? '')?.time ?? entry.internalDate),
    })
  }
  return found
}

function referencesOf(fields: readonly HeaderLine[]): readonly string[] {
  const references = ids(fieldValue(fields, 'References'))
  return references.length > 0 ? references : ids(fieldValue(fields, 'In-Reply-To')).slice(0, 1)
}

const ids = (value: string | null): readonly string[] =>
  [...(value ?? '').matchAll(/<([^<>]+)>/g)].slice(0, mostReferences).map((match) => match[1] ?? '')

/** The UIDs of all threads in which one of these messages stands: INTHREAD. */
export async function threadOf(
  account: Account,
  found: readonly Numbered[],
  algorithm: ThreadAlgorithm,
): Promise<ReadonlySet<Uid>> {
  const all = account.view.entries.map((entry, i) => ({ number: i + 1, entry }))
  const written = threadMessages(await threadables(account, all, 'uid'), algorithm)
  const wanted = new Set<number>(found.map(({ entry }) => entry.uid))
  const within = new Set<Uid>()
  for (const thread of topLevel(written)) {
    const uids = thread.match(/\d+/g)?.map(Number) ?? []
    if (uids.some((uid) => wanted.has(uid))) for (const uid of uids) within.add(uid as Uid)
  }
  return within
}

function topLevel(written: string): readonly string[] {
  const threads: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < written.length; at++) {
    if (written[at] === '(' && depth++ === 0) start = at
    if (written[at] === ')' && --depth === 0) threads.push(written.slice(start, at + 1))
  }
  return threads
}
