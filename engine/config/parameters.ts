/**
 * Every parameter of Postfix 3.7: its name, default, type, who reads it, and what it means.
 *
 * postconf(5). The rows are in `parameters/`, a file for each part of the mail system.
 */
import { honoured } from '#config/parameters/honoured.ts'
import type { Parameter } from '#config/parameters/parameter.ts'
import { addressesParameters } from '#config/parameters/addresses.ts'
import { contentParameters } from '#config/parameters/content.ts'
import { identityParameters } from '#config/parameters/identity.ts'
import { lmtpParameters } from '#config/parameters/lmtp.ts'
import { localParameters } from '#config/parameters/local.ts'
import { postscreenParameters } from '#config/parameters/postscreen.ts'
import { queueParameters } from '#config/parameters/queue.ts'
import { restrictionsParameters } from '#config/parameters/restrictions.ts'
import { smtpParameters } from '#config/parameters/smtp.ts'
import { smtpTlsParameters } from '#config/parameters/smtp-tls.ts'
import { smtpdParameters } from '#config/parameters/smtpd.ts'
import { smtpdSecurityParameters } from '#config/parameters/smtpd-security.ts'
import { tlsParameters } from '#config/parameters/tls.ts'
import { tlsproxyParameters } from '#config/parameters/tlsproxy.ts'

export type { Parameter, ParameterType } from '#config/parameters/parameter.ts'

/** In the order of `postconf -d`. */
export const parameters: readonly Parameter[] = [
  ...identityParameters,
  ...addressesParameters,
  ...contentParameters,
  ...queueParameters,
  ...localParameters,
  ...smtpdParameters,
  ...restrictionsParameters,
  ...smtpdSecurityParameters,
  ...smtpParameters,
  ...smtpTlsParameters,
  ...lmtpParameters,
  ...postscreenParameters,
  ...tlsParameters,
  ...tlsproxyParameters,
].sort((a, b) => (a.name < b.name ? -1 : 1))

const byName: ReadonlyMap<string, Parameter> = new Map(parameters.map((row) => [row.name, row]))

export const parameter = (name: string): Parameter | null => byName.get(name) ?? null

/**
 * Values that the daemon expands itself, at the moment of use, with names of its own (`$recipient`, `$rbl_what`):
 * postconf -x and the settings leave them as they are written.
 */
export const unexpanded: ReadonlySet<string> = new Set([
  'command_execution_directory',
  'default_rbl_reply',
  'forward_path',
  'luser_relay',
  'mailbox_command',
  'postscreen_expansion_filter',
  'postscreen_reject_footer',
  'smtpd_expansion_filter',
  'smtpd_reject_footer',
])

export const parameterStatus = (name: string): 'honoured' | 'shown only' =>
  honoured.has(name) ? 'honoured' : 'shown only'
