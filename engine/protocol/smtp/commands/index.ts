/** The verbs of SMTP and LMTP, in the order of RFC 5321 §4.1.1, then those of extensions. */
import type { Attributes } from './attributes.ts'
import { auth } from './auth.ts'
import type { Auth } from './auth.ts'
import type { Bare } from './bare.ts'
import { bdat } from './bdat.ts'
import type { Bdat } from './bdat.ts'
import { data } from './data.ts'
import { ehlo } from './ehlo.ts'
import { etrn } from './etrn.ts'
import type { Etrn } from './etrn.ts'
import type { Greeting } from './greeting.ts'
import { helo } from './helo.ts'
import { help } from './help.ts'
import { lhlo } from './lhlo.ts'
import { mail } from './mail.ts'
import type { Mail } from './mail.ts'
import { noop } from './noop.ts'
import { quit } from './quit.ts'
import { rcpt } from './rcpt.ts'
import type { Rcpt } from './rcpt.ts'
import { rset } from './rset.ts'
import { starttls } from './starttls.ts'
import { vrfy } from './vrfy.ts'
import type { Vrfy } from './vrfy.ts'
import { xclient } from './xclient.ts'
import { xforward } from './xforward.ts'

export const commands = {
  EHLO: ehlo,
  HELO: helo,
  LHLO: lhlo,
  MAIL: mail,
  RCPT: rcpt,
  DATA: data,
  RSET: rset,
  VRFY: vrfy,
  HELP: help,
  NOOP: noop,
  QUIT: quit,
  BDAT: bdat,
  STARTTLS: starttls,
  AUTH: auth,
  ETRN: etrn,
  XCLIENT: xclient,
  XFORWARD: xforward,
} as const

export type Verb = keyof typeof commands

export type Command =
  | Greeting<'HELO'>
  | Greeting<'EHLO'>
  | Greeting<'LHLO'>
  | Mail
  | Rcpt
  | Bare<'DATA'>
  | Bare<'RSET'>
  | Vrfy
  | Bare<'HELP'>
  | Bare<'NOOP'>
  | Bare<'QUIT'>
  | Bdat
  | Bare<'STARTTLS'>
  | Auth
  | Etrn
  | Attributes<'XCLIENT'>
  | Attributes<'XFORWARD'>

export const isVerb = (word: string): word is Verb => Object.hasOwn(commands, word)
