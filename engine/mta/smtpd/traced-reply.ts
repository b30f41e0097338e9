/** A reply of smtpd, as the trace has it. */
import type { Reply } from '#protocol/smtp/reply.ts'
import type { TracedReply } from '#trace/events.ts'

export function tracedReply({ code, status, lines, rfc, because }: Reply): TracedReply {
  return {
    code: String(code),
    status,
    lines: [...lines],
    ...(rfc === undefined ? {} : { rfc }),
    ...(because === undefined ? {} : { because: { ...because } }),
  }
}
