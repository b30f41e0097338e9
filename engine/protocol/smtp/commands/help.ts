/**
 * HELP asks for help in words. Postfix does not know it.
 *
 * RFC 5321 §4.1.1.8.
 */
import { bare } from './bare.ts'

export const help = bare('HELP', 'RFC 5321 §4.1.1.8', 'words ignored')
