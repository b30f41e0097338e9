/**
 * SELECT opens a mailbox to work in; EXAMINE only to look.
 *
 * RFC 3501 §6.3.1, §6.3.2; CONDSTORE, QRESYNC: RFC 7162 §3.1.8, §3.2.5.
 */
import { type ImapGrammar, type Parsed } from '../grammar.ts'
import { readSequenceSet, type MessageRange, type SequenceSet } from '../sequence-set.ts'
import { astring, atom, list, type Argument } from '../tokens.ts'

export type Select = {
  readonly name: 'SELECT' | 'EXAMINE'
  readonly mailbox: string
  readonly condstore: 'asked' | 'not-asked'
  readonly qresync: Qresync | null
  /** Dovecot closes the mailbox that is open before it reads the parameters. */
  readonly problem: string | null
}

/** What the client remembers of its last visit. */
export type Qresync = {
  readonly uidValidity: number
  readonly modseq: number
  readonly known: SequenceSet | null
}

const grammar = (name: Select['name']): ImapGrammar<Select> => ({
  name,
  syntax: `${name} mailbox [(CONDSTORE)] [(QRESYNC (uidvalidity modseq [known-uids]))]`,
  rfc: name === 'SELECT' ? 'RFC 3501 §6.3.1' : 'RFC 3501 §6.3.2',
  parse(args) {
    const mailbox = astring(args[0])
    const command = {
      name,
      mailbox: mailbox ?? '',
      condstore: 'not-asked',
      qresync: null,
      problem: null,
    } as const
    if (mailbox === null) return { ok: true, command: { ...command, problem: 'Invalid arguments' } }
    const parameters = list(args[1])
    return parameters === null ? { ok: true, command } : readParameters(command, parameters)
  },
})

function readParameters(command: Select, parameters: readonly Argument[]): Parsed<Select> {
  let read = command
  for (let at = 0; at < parameters.length; at++) {
    const word = atom(parameters[at])?.toUpperCase()
    if (word === 'CONDSTORE') {
      read = { ...read, condstore: 'asked' }
    } else if (word === 'QRESYNC') {
      const values = list(parameters[++at])
      const qresync = values === null ? 'QRESYNC parameters missing' : readQresync(values)
      if (typeof qresync === 'string') {
        // What is wrong with them matters only to whoever may send them.
        return { ok: true, command: { ...read, qresync: nothingKnown, problem: qresync } }
      }
      read = { ...read, qresync }
    } else {
      return { ok: true, command: { ...read, problem: 'Unknown FETCH modifier' } }
    }
  }
  return { ok: true, command: read }
}

const nothingKnown: Qresync = { uidValidity: 0, modseq: 0, known: null }

/** `(uidvalidity modseq [known-uids] [(sequence-set uid-set)])`, or what is wrong with it. */
function readQresync(values: readonly Argument[]): Qresync | string {
  const [uidValidity, modseq] = [atom(values[0]), atom(values[1])]
  if (
    uidValidity === null ||
    modseq === null ||
    !/^\d{1,10}$/.test(uidValidity) ||
    !/^\d{1,19}$/.test(modseq)
  )
    return 'Invalid QRESYNC parameters'
  let at = 2
  const set = atom(values[at])
  const known = set === null ? null : readKnown(set)
  if (set !== null && known === null) return 'Invalid QRESYNC known-uids'
  if (set !== null) at++
  const match = list(values[at])
  if (match !== null) {
    const problem = readMatch(match)
    if (problem !== null) return problem
    at++
  }
  if (values.length > at) return 'Invalid QRESYNC parameters'
  return { uidValidity: Number(uidValidity), modseq: Number(modseq), known }
}

/** What a client knows has no `*`. */
function readKnown(text: string): SequenceSet | null {
  return text.includes('*') ? null : readSequenceSet(text)
}

/** Some sequence numbers and their UIDs, from which a server may tell what the client has. */
function readMatch(values: readonly Argument[]): string | null {
  const sets = values.map((value) => readKnown(atom(value) ?? ''))
  const [numbers, uids] = sets
  if (!Array.isArray(numbers)) return 'Invalid QRESYNC known-sequence-set'
  if (!Array.isArray(uids)) return 'Invalid QRESYNC known-uid-set'
  if (sets.length > 2) return 'Too many parameters to QRESYNC known set'
  return countOf(numbers as readonly MessageRange[]) === countOf(uids as readonly MessageRange[])
    ? null
    : 'Invalid QRESYNC sets'
}

const countOf = (ranges: readonly MessageRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)

export const select = grammar('SELECT')
export const examine = grammar('EXAMINE')
