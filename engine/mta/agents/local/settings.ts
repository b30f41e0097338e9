/** The settings of local delivery. postconf(5), local(8). */
import type { Settings } from '#config/settings.ts'
import { exportedEnvironment } from '../exported-environment.ts'

type Places = { readonly alias: boolean; readonly forward: boolean; readonly include: boolean }

export type LocalSettings = {
  readonly hostname: string
  readonly aliasMaps: readonly string[]
  readonly recipientDelimiter: string
  readonly propagates: readonly string[]
  readonly ownerRequestSpecial: boolean
  readonly expandOwnerAlias: boolean
  readonly softBounce: boolean
  readonly forwardPath: readonly string[]
  readonly allowCommands: Places
  readonly allowFiles: Places
  readonly prependDelivered: { readonly command: boolean; readonly file: boolean; readonly forward: boolean }
  readonly mailboxTransportMaps: readonly string[]
  readonly mailboxTransport: string
  readonly mailboxCommandMaps: readonly string[]
  readonly mailboxCommand: string
  readonly homeMailbox: string
  readonly mailSpoolDirectory: string
  readonly fallbackTransportMaps: readonly string[]
  readonly fallbackTransport: string
  readonly luserRelay: string
  readonly mailboxSizeLimit: number
  readonly commandTimeLimit: number
  readonly commandShell: readonly string[]
  /** command_execution_directory: where commands run; '' for the queue directory. */
  readonly executionDirectory: string
  readonly executionFilter: string
  readonly forwardFilter: string
  readonly commandFilter: string
  /** require_home_directory: without one mail waits. */
  readonly requiresHome: boolean
  readonly exportedEnvironment: Readonly<Record<string, string>>
  /** enable_original_recipient: X-Original-To is written. */
  readonly tellsOriginal: boolean
}

export function readLocalSettings(settings: Settings): LocalSettings {
  const places = (name: string): Places => {
    const words = settings.list(name)
    return {
      alias: words.includes('alias'),
      forward: words.includes('forward'),
      include: words.includes('include'),
    }
  }
  const prepended = settings.list('prepend_delivered_header')
  return {
    hostname: settings.text('myhostname'),
    aliasMaps: settings.list('alias_maps'),
    recipientDelimiter: settings.text('recipient_delimiter'),
    propagates: settings.list('propagate_unmatched_extensions'),
    ownerRequestSpecial: settings.flag('owner_request_special'),
    expandOwnerAlias: settings.flag('expand_owner_alias'),
    softBounce: settings.flag('soft_bounce'),
    forwardPath: settings.list('forward_path'),
    allowCommands: places('allow_mail_to_commands'),
    allowFiles: places('allow_mail_to_files'),
    prependDelivered: {
      command: prepended.includes('command'),
      file: prepended.includes('file'),
      forward: prepended.includes('forward'),
    },
    mailboxTransportMaps: settings.list('mailbox_transport_maps'),
    mailboxTransport: settings.text('mailbox_transport'),
    mailboxCommandMaps: settings.list('mailbox_command_maps'),
    mailboxCommand: settings.text('mailbox_command'),
    homeMailbox: settings.text('home_mailbox'),
    mailSpoolDirectory: settings.text('mail_spool_directory'),
    fallbackTransportMaps: settings.list('fallback_transport_maps'),
    fallbackTransport: settings.text('fallback_transport'),
    luserRelay: settings.text('luser_relay'),
    mailboxSizeLimit: settings.number('mailbox_size_limit'),
    commandTimeLimit: settings.time('command_time_limit'),
    commandShell: settings
      .text('local_command_shell')
      .split(/[ \t]+/)
      .filter((word) => word !== ''),
    executionDirectory: settings.text('command_execution_directory'),
    executionFilter: settings.text('execution_directory_expansion_filter'),
    forwardFilter: settings.text('forward_expansion_filter'),
    commandFilter: settings.text('command_expansion_filter'),
    requiresHome: settings.flag('require_home_directory'),
    exportedEnvironment: exportedEnvironment(settings),
    tellsOriginal: settings.flag('enable_original_recipient'),
  }
}
