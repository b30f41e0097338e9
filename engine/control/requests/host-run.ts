/** A command in the shell of a host. */
import { RequestRefused, type RequestHandler } from './context.ts'

export const hostRun: RequestHandler<'host.run'> = async (
  { host, user = 'root', command, stdin = '' },
  { lab },
) => {
  if (lab.disk(host) === null) throw new RequestRefused('host', `the lab has no host ${host}`)
  return lab.run(host, { user, command, stdin })
}
