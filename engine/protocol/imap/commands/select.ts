/**
 * SELECT opens a mailbox to work in; EXAMINE only to look.
 *
 * RFC 3501 §6.3.1, §6.3.2; CONDSTORE, QRESYNC: RFC 7162 §3.1.8, §3.2.5.
 */
import { bad, type ImapGrammar, type Parsed } from '../grammar.ts'
import { readSequenceSet, type SequenceSet } from '../sequence-set.ts'
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
    if (mailbox === null) return bad('Invalid arguments')
    const command = { name, mailbox, condstore: 'not-asked', qresync: null, problem: null } as const
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
      const qresync = values === null ? null : readQresync(values)
      if (qresync === null) {
        const problem = values === null ? 'QRESYNC parameters missing' : 'Invalid QRESYNC parameters'
        return { ok: true, command: { ...read, problem } }
      }
      read = { ...read, qresync }
    } else {
      return { ok: true, command: { ...read, problem: 'Unknown FETCH modifier' } }
    }
  }
  return { ok: true, command: read }
}

function readQresync(values: readonly Argument[]): Qresync | null {
  const [uidValidity, modseq] = [atom(values[0]), atom(values[1])]
  if (uidValidity === null || modseq === null || !/^\d{1,10}$/.test(uidValidity)) return null
  if (!/^\d{1,19}$/.test(modseq)) return null
  const set = atom(values[2])
  const known = set === null ? null : readSequenceSet(set)
  if (set !== null && known === null) return null
  return { uidValidity: Number(uidValidity), modseq: Number(modseq), known }
}

export const select = grammar('SELECT')
export const examine = grammar('EXAMINE')
