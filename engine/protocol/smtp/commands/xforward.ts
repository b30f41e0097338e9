/**
 * XFORWARD tells a server behind a content filter where a letter first came from, for its log. A word of Postfix.
 *
 * XFORWARD_README.
 */
import { attributes } from './attributes.ts'

export const xforwardAttributes = ['NAME', 'ADDR', 'PROTO', 'HELO', 'SOURCE', 'PORT', 'IDENT'] as const

export const xforward = attributes('XFORWARD', 'XFORWARD_README', xforwardAttributes)
