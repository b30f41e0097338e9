/**
 * GETQUOTA and GETQUOTAROOT: how much room a mailbox has, and how much of it is taken; SETQUOTA changes that.
 *
 * RFC 2087.
 */
import { bad, ofMailbox, type ImapGrammar } from '../grammar.ts'
import { astring, list } from '../tokens.ts'

export type QuotaRoot = { readonly name: 'GETQUOTA' | 'SETQUOTA'; readonly root: string }

const ofRoot = (name: QuotaRoot['name'], syntax: string, rfc: string): ImapGrammar<QuotaRoot> => ({
  name,
  syntax,
  rfc,
  parse(args) {
    const [first] = args
    if (first === undefined || (name === 'SETQUOTA' && args.length < 2)) return bad('Missing arguments')
    const root = astring(first)
    if (name === 'SETQUOTA' && list(args[1]) === null) return bad('Invalid arguments')
    return root === null ? bad('Invalid arguments') : { ok: true, command: { name, root } }
  },
})

export const getquota = ofRoot('GETQUOTA', 'GETQUOTA "quota root"', 'RFC 2087 §4.2')
export const setquota = ofRoot('SETQUOTA', 'SETQUOTA "quota root" (STORAGE kilobytes)', 'RFC 2087 §4.1')
export const getquotaroot = ofMailbox('GETQUOTAROOT', 'RFC 2087 §4.3')
