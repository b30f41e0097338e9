/**
 * NOOP does nothing, and is answered: is anybody there?
 *
 * RFC 5321 §4.1.1.9.
 */
import { bare } from './bare.ts'

export const noop = bare('NOOP', 'RFC 5321 §4.1.1.9', 'words ignored')
