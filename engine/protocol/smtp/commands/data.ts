/**
 * DATA asks to send the message itself. After 354 every line is message, until a line with one dot.
 *
 * RFC 5321 §4.1.1.4.
 */
import { bare } from './bare.ts'

export const data = bare('DATA', 'RFC 5321 §4.1.1.4', 'no words')
