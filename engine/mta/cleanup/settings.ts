/** The settings of cleanup, read once at start and at each reload. postconf(5), cleanup(8). */
import type { Settings } from '#config/settings.ts'
import type { MimeError, MimeOptions } from '#protocol/message/mime-walk.ts'
import type { Postfix } from '../postfix.ts'
import type { Checks } from '../content/content-checks.ts'
import type { MessageSettings } from './message.ts'
import { characterSet } from '../content/text.ts'

export type CleanupSettings = {
  readonly message: Omit<MessageSettings, 'addsMissingHeaders'>
  readonly alwaysAddsMissingHeaders: boolean
  readonly checks: Checks
  readonly enableOriginalRecipient: boolean
  readonly duplicateLimit: number
  readonly alwaysBcc: string
  readonly senderBccMaps: string
  readonly recipientBccMaps: string
  readonly contentFilter: string
  readonly internalFilterClasses: readonly string[]
  readonly lineLengthLimit: number
  /** message_size_limit: no queue file becomes larger. */
  readonly fileSizeLimit: number
}

export function readCleanupSettings(postfix: Postfix): CleanupSettings {
  const { tables } = postfix
  const service = postfix.services.find(({ daemon, type }) => daemon === 'cleanup' && type !== 'inet')
  const settings: Settings = service ? postfix.settingsFor(service) : postfix.settings
  const open = (name: string) => settings.list(name).map((table) => tables.open(table))
  return {
    message: {
      mime: mimeOptions(settings),
      lineLengthLimit: settings.number('line_length_limit'),
      hopcountLimit: settings.number('hopcount_limit'),
      bodyChecksSizeLimit: settings.number('body_checks_size_limit'),
      dropHeaders: new Set(settings.list('message_drop_headers').map((name) => name.toLowerCase())),
      undisclosed: settings.text('undisclosed_recipients_header'),
      hostname: settings.text('myhostname'),
      longQueueIds: settings.flag('enable_long_queue_ids'),
      strayCarriageReturns: settings.flag('cleanup_replace_stray_cr_lf') ? 'become spaces' : 'stay',
      stripCharacters: characterSet(settings.text('message_strip_characters')),
      rejectCharacters: characterSet(settings.text('message_reject_characters')),
    },
    alwaysAddsMissingHeaders: settings.flag('always_add_missing_headers'),
    checks: {
      header_checks: open('header_checks'),
      mime_header_checks: open('mime_header_checks'),
      nested_header_checks: open('nested_header_checks'),
      body_checks: open('body_checks'),
    },
    enableOriginalRecipient: settings.flag('enable_original_recipient'),
    duplicateLimit: settings.number('duplicate_filter_limit'),
    alwaysBcc: settings.text('always_bcc'),
    senderBccMaps: settings.text('sender_bcc_maps'),
    recipientBccMaps: settings.text('recipient_bcc_maps'),
    contentFilter: settings.text('content_filter'),
    internalFilterClasses: settings.list('internal_mail_filter_classes'),
    lineLengthLimit: settings.number('line_length_limit'),
    fileSizeLimit: settings.number('message_size_limit'),
  }
}

/** What of RFC 2045 is looked at, and what breaks it. Nesting matters only where parts are looked at. */
function mimeOptions(settings: Settings): MimeOptions {
  const strict = settings.flag('strict_8bitmime')
  const reported = new Set<MimeError>()
  const mime = settings.flag('disable_mime_input_processing') ? 'ignored' : 'read'
  if (mime === 'read') {
    if (strict || settings.flag('strict_7bit_headers')) reported.add('8bit in header')
    if (strict || settings.flag('strict_8bitmime_body')) reported.add('8bit in 7bit body')
    if (settings.flag('strict_mime_encoding_domain')) reported.add('encoding domain')
    const checks = ['header_checks', 'mime_header_checks', 'nested_header_checks']
    if (reported.size > 0 || checks.some((name) => settings.text(name) !== '')) reported.add('nesting')
  }
  return {
    headerSize: settings.number('header_size_limit'),
    nesting: settings.number('mime_nesting_limit'),
    boundaryLength: settings.number('mime_boundary_length_limit'),
    mime,
    reported,
  }
}
