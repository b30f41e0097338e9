/**
 * RSET forgets the transaction: sender, recipients, data.
 *
 * RFC 5321 §4.1.1.5.
 */
import { bare } from './bare.ts'

export const rset = bare('RSET', 'RFC 5321 §4.1.1.5', 'no words')
