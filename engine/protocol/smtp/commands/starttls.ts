/**
 * STARTTLS turns the connection into a TLS connection; all that was said before is forgotten.
 *
 * RFC 3207.
 */
import { bare } from './bare.ts'

export const starttls = bare('STARTTLS', 'RFC 3207', 'no words')
