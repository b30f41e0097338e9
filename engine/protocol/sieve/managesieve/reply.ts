/** What a ManageSieve server answers. RFC 5804 §1.2, §1.3. */
import { writeString } from './arguments.ts'

export type ManageSieveReply = {
  readonly status: 'OK' | 'NO' | 'BYE'
  /** `QUOTA/MAXSIZE`, `TAG "x"`; null: none. */
  readonly code: string | null
  readonly text: string
  /** Lines before it: of LISTSCRIPTS, of CAPABILITY. One character a byte. */
  readonly data: readonly string[]
}

export const ok = (text: string, code: string | null = null): ManageSieveReply => ({
  status: 'OK',
  code,
  text,
  data: [],
})

export const no = (text: string, code: string | null = null): ManageSieveReply => ({
  status: 'NO',
  code,
  text,
  data: [],
})

export const bye = (text: string, code: string | null = null): ManageSieveReply => ({
  status: 'BYE',
  code,
  text,
  data: [],
})

export const withData = (reply: ManageSieveReply, data: readonly string[]): ManageSieveReply => ({
  ...reply,
  data,
})

export function writeReply({ status, code, text, data }: ManageSieveReply): string {
  const lines = data.map((line) => `${line}\r\n`).join('')
  return `${lines}${status}${code === null ? '' : ` (${code})`} ${writeString(text)}\r\n`
}
