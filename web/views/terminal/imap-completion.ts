/** What a learner most often says in IMAP and ManageSieve, ready to send; the syntax comes from the grammar. */
import { commands, isImapName, uidNames } from '#protocol/imap/commands/index.ts'
import type { Suggestion } from './completion.ts'

/** Several lines for one verb: the first that begins with what was typed is offered. */
const imapLines: readonly string[] = [
  'CAPABILITY',
  'STARTTLS',
  'LOGIN bob ',
  'AUTHENTICATE PLAIN',
  'NAMESPACE',
  'LIST "" "*"',
  'LIST (SPECIAL-USE) "" "*" RETURN (STATUS (MESSAGES UNSEEN))',
  'LSUB "" "*"',
  'STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)',
  'SELECT INBOX',
  'SELECT INBOX (CONDSTORE)',
  'EXAMINE INBOX',
  'FETCH 1:* (FLAGS UID)',
  'FETCH 1:* ENVELOPE',
  'FETCH 1 BODYSTRUCTURE',
  'FETCH 1 BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT DATE)]',
  'FETCH 1 BODY[]',
  'STORE 1 +FLAGS (\\Seen)',
  'STORE 1 +FLAGS (\\Deleted)',
  'STORE 1 -FLAGS (\\Seen)',
  'SEARCH UNSEEN',
  'SEARCH FROM "alice"',
  'SEARCH SUBJECT "first"',
  'SEARCH RETURN (COUNT MIN MAX) ALL',
  'SORT (REVERSE DATE) UTF-8 ALL',
  'THREAD REFERENCES UTF-8 ALL',
  'COPY 1 Trash',
  'MOVE 1 Trash',
  'EXPUNGE',
  'CREATE Archive',
  'DELETE Archive',
  'RENAME Archive Old',
  'SUBSCRIBE Archive',
  'UNSUBSCRIBE Archive',
  'IDLE',
  'ID ("name" "my own hands")',
  'ENABLE CONDSTORE',
  'GETQUOTAROOT INBOX',
  'CHECK',
  'CLOSE',
  'UNSELECT',
  'NOOP',
  'LOGOUT',
  'UID FETCH 1:* (FLAGS)',
  'UID STORE 1 +FLAGS (\\Seen)',
  'UID SEARCH ALL',
]

/** A tag in front, as RFC 3501 §2.2.1 wants one: the learner's own, or the next of `a1`, `a2` … */
export function imapSuggestions(allowed: readonly string[] | null, tag: string): readonly Suggestion[] {
  return imapLines.flatMap((line): readonly Suggestion[] => {
    const [first = '', second = ''] = line.split(' ')
    const name = first === 'UID' ? second : first
    if (!isImapName(name) || (first === 'UID' && !uidNames.has(name))) return []
    if (allowed !== null && !allowed.includes(name)) return []
    const { syntax, rfc } = commands[name]
    const prefix = first === 'UID' ? `${tag} UID ` : `${tag} `
    return [{ verb: name, syntax: prefix + syntax, rfc, example: `${tag} ${line}` }]
  })
}

/** RFC 5804 §2: verb, arguments, a line to begin with. */
const sieveLines: readonly (readonly [verb: string, syntax: string, section: string, example: string])[] = [
  ['CAPABILITY', 'CAPABILITY', '§2.4', 'CAPABILITY'],
  ['STARTTLS', 'STARTTLS', '§2.2', 'STARTTLS'],
  ['AUTHENTICATE', 'AUTHENTICATE "mechanism" ["initial-response"]', '§2.1', 'AUTHENTICATE "PLAIN"'],
  ['LISTSCRIPTS', 'LISTSCRIPTS', '§2.7', 'LISTSCRIPTS'],
  ['GETSCRIPT', 'GETSCRIPT "name"', '§2.9', 'GETSCRIPT "mine"'],
  ['PUTSCRIPT', 'PUTSCRIPT "name" "script" | {size+}', '§2.6', 'PUTSCRIPT "mine" "keep;"'],
  ['CHECKSCRIPT', 'CHECKSCRIPT "script" | {size+}', '§2.12', 'CHECKSCRIPT "keep;"'],
  ['SETACTIVE', 'SETACTIVE "name"; "" for none', '§2.8', 'SETACTIVE "mine"'],
  ['HAVESPACE', 'HAVESPACE "name" size', '§2.5', 'HAVESPACE "mine" 1000'],
  ['RENAMESCRIPT', 'RENAMESCRIPT "old" "new"', '§2.11', 'RENAMESCRIPT "mine" "old"'],
  ['DELETESCRIPT', 'DELETESCRIPT "name"', '§2.10', 'DELETESCRIPT "old"'],
  ['NOOP', 'NOOP ["tag"]', '§2.13', 'NOOP'],
  ['LOGOUT', 'LOGOUT', '§2.3', 'LOGOUT'],
]

export function sieveSuggestions(allowed: readonly string[] | null): readonly Suggestion[] {
  return sieveLines
    .filter(([verb]) => allowed === null || allowed.includes(verb))
    .map(([verb, syntax, section, example]) => ({ verb, syntax, rfc: `RFC 5804 ${section}`, example }))
}
