/**
 * HELO opens a session in the manner of RFC 821: no extensions are offered.
 *
 * RFC 5321 §4.1.1.1.
 */
import { greeting } from './greeting.ts'

export const helo = greeting('HELO', 'RFC 5321 §4.1.1.1')
