/** What a command of IMAP is to the parser, the ladder and the editor. */
import { astring, type Argument } from './tokens.ts'

export type Refused =
  /** BAD: it is no such command. */
  | { readonly ok: false; readonly message: string }
  /** NO: it is one, and asks for what cannot be. */
  | { readonly ok: false; readonly no: string; readonly code: string }

export type Parsed<C> = { readonly ok: true; readonly command: C } | Refused

export type ImapGrammar<C extends { readonly name: string }> = {
  readonly name: C['name']
  readonly syntax: string
  readonly rfc: string
  /** `kind`: whether it came as `UID FETCH`. */
  parse(args: readonly Argument[], by: By): Parsed<C>
}

export type By = 'sequence' | 'uid'

export const bad = (message: string): Refused => ({ ok: false, message })
export const no = (code: string, text: string): Refused => ({ ok: false, no: text, code })

/** A command whose arguments nobody reads. */
export const bare = <N extends string>(name: N, rfc: string): ImapGrammar<{ readonly name: N }> => ({
  name,
  syntax: name,
  rfc,
  parse: () => ({ ok: true, command: { name } }),
})

/** A command that names one mailbox. */
export const ofMailbox = <N extends string>(
  name: N,
  rfc: string,
): ImapGrammar<{ readonly name: N; readonly mailbox: string }> => ({
  name,
  syntax: `${name} mailbox`,
  rfc,
  parse(args) {
    const [first] = args
    if (first === undefined) return bad('Missing arguments')
    const mailbox = astring(first)
    return mailbox === null ? bad('Invalid arguments') : { ok: true, command: { name, mailbox } }
  },
})
