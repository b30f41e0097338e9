/** Which commands may come in a state: read from the chart that the server itself steps. */
import { describe, type ChartPicture } from '#protocol/chart.ts'
import { imapSession } from '#protocol/imap/session.machine.ts'
import { lmtpSession } from '#protocol/lmtp/session.machine.ts'
import { pop3Session } from '#protocol/pop3/session.machine.ts'
import { smtpSession } from '#protocol/smtp/session.machine.ts'
import type { ServerDaemon } from '../events.ts'

/** In the chart for other protocols, and for programs. */
const foreign = ['LHLO', 'HELP', 'XCLIENT', 'XFORWARD']

/** Null where the protocol has no chart here. */
export function expectedVerbs(daemon: ServerDaemon, state: string | null): readonly string[] | null {
  if (state === null) return null
  switch (daemon) {
    case 'smtpd':
    case 'peer':
      return leaving(describe(smtpSession), state).filter((verb) => !foreign.includes(verb))
    case 'lmtpd':
      return leaving(describe(lmtpSession), state).filter((verb) => !foreign.includes(verb))
    case 'pop3d':
      return leaving(describe(pop3Session), state)
    case 'imapd':
      return leaving(describe(imapSession), state)
    default:
      return null
  }
}

/** The events with a capital name that leave a state, or one of those it lies in. */
function leaving({ nodes, edges }: ChartPicture, state: string): readonly string[] {
  const found = nodes.find(({ name, kind }) => name === state && (kind === 'atomic' || kind === 'final'))
  const verbs = new Set<string>()
  for (let id = found?.id ?? ''; id !== ''; id = id.includes('.') ? id.slice(0, id.lastIndexOf('.')) : '') {
    for (const { from, event } of edges) if (from === id && /^[A-Z]+$/.test(event)) verbs.add(event)
  }
  return [...verbs]
}
