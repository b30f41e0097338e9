/** A learner's terminal: open, type, secure, hang up. */
import { RequestRefused, type RequestHandler } from './context.ts'

export const terminalOpen: RequestHandler<'terminal.open'> = async (
  { from, to, port, tls },
  { lab, terminals },
) => {
  if (!lab.definition.hosts.some((host) => host.name === from))
    throw new RequestRefused('from', `the lab has no host ${from}`)
  const opened = await terminals.open({ from, to, port, tls: tls === true ? 'at once' : 'not yet' })
  if ('reason' in opened) throw new RequestRefused('to', opened.reason)
  return opened
}

export const terminalSend: RequestHandler<'terminal.send'> = ({ terminal, text }, { terminals }) => {
  if (!terminals.send(terminal, text)) throw new RequestRefused('terminal', 'this connection has ended')
  return {}
}

export const terminalStarttls: RequestHandler<'terminal.starttls'> = ({ terminal }, { terminals }) => {
  if (!terminals.startTls(terminal)) throw new RequestRefused('terminal', 'this connection has ended')
  return {}
}

export const terminalClose: RequestHandler<'terminal.close'> = ({ terminal }, { terminals }) => {
  terminals.hangUp(terminal)
  return {}
}
