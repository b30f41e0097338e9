/**
 * XCLIENT lets a trusted front end speak for the real client: name, address, user. A word of Postfix.
 *
 * XCLIENT_README.
 */
import { attributes } from './attributes.ts'

export const xclientAttributes = [
  'NAME',
  'ADDR',
  'PROTO',
  'HELO',
  'REVERSE_NAME',
  'PORT',
  'LOGIN',
  'DESTADDR',
  'DESTPORT',
] as const

export const xclient = attributes('XCLIENT', 'XCLIENT_README', xclientAttributes)
