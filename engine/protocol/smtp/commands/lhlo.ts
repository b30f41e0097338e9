/**
 * LHLO opens an LMTP session: as EHLO, but a word of its own, so that nobody takes one protocol for the other.
 *
 * RFC 2033 §4.1.
 */
import { greeting } from './greeting.ts'

export const lhlo = greeting('LHLO', 'RFC 2033 §4.1')
