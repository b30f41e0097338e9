/** Every dialogue that is played against both servers, by area. */
import { smtpSession } from '#protocol/smtp/session.machine.ts'
import { dialogueOf } from '../../../mta/smtpd/path-dialogue.ts'
import { chartPaths } from '../../../protocol/chart-paths.ts'
import { caseOf, type Area, type Case } from './build.ts'
import { aliases, relay, rewriting, sasl, tls, virtual } from './house.ts'
import { access, codes, limits, restrictions } from './policy.ts'
import { tables } from './tables.ts'
import { bytes, parameters, paths, session } from './protocol.ts'

/** The ways through the session chart, those that leave no half a message behind. */
function charted(): Area {
  const ways = chartPaths(smtpSession, {
    input: { protocol: 'smtp', greeting: 'optional' },
    kind: ({ greeted, authenticated }) => `${String(greeted)} ${String(authenticated)}`,
  })
  const main = [
    'message_size_limit = 1500',
    'mydestination = example.com',
    'fast_flush_domains = example.com',
    'smtpd_tls_security_level = may',
    'smtpd_sasl_auth_enable = yes',
    'smtpd_authorized_xclient_hosts = 127.0.0.0/8',
    'smtpd_authorized_xforward_hosts = 127.0.0.0/8',
  ]
  return Object.fromEntries(
    ways
      .filter(
        ({ states, forbidden }) => forbidden.length === 0 && !['chunk', 'tls'].includes(states.at(-1) ?? ''),
      )
      .map(({ events }) => [
        events.join('-').toLowerCase(),
        { main, accounts: { bob: 'builder' }, dialogue: dialogueOf(events) },
      ]),
  )
}

const areas: Readonly<Record<string, Area>> = {
  chart: charted(),
  session,
  paths,
  parameters,
  bytes,
  access,
  restrictions,
  codes,
  tables,
  limits,
  relay,
  aliases,
  rewriting,
  virtual,
  sasl,
  tls,
}

export const variations: readonly Case[] = Object.entries(areas).flatMap(([area, all]) =>
  Object.entries(all).map(([name, variation]) => caseOf(area, name, variation)),
)
