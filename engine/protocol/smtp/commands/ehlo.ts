/**
 * EHLO opens an ESMTP session: the client says its name, the server says what it can do.
 *
 * RFC 5321 §4.1.1.1.
 */
import { greeting } from './greeting.ts'

export const ehlo = greeting('EHLO', 'RFC 5321 §4.1.1.1')
