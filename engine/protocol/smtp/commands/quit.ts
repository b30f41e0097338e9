/**
 * QUIT ends the session; the server says goodbye and closes.
 *
 * RFC 5321 §4.1.1.10.
 */
import { bare } from './bare.ts'

export const quit = bare('QUIT', 'RFC 5321 §4.1.1.10', 'words ignored')
