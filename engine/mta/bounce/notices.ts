/**
 * Letters to the postmaster about sessions in which something went wrong: what was said, line by line. notify_classes
 * says of which kinds of trouble he wants to hear.
 *
 * postconf(5): notify_classes, error_notice_recipient, bounce_notice_recipient.
 */
import type { Machine } from '#engine/machine.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import { mailDate } from '#protocol/message/date.ts'
import { wrapLine } from '#protocol/message/wrap.ts'
import { printable } from '../content/text.ts'
import type { Cleanup, NotifyPostmaster, SessionNotice } from '../handover.ts'

export function createNotices(input: {
  readonly machine: Machine
  readonly cleanup: () => Cleanup
  /** `postmaster` → `postmaster@$myorigin`. */
  readonly complete: (address: string) => string
}): NotifyPostmaster {
  const { machine, complete } = input
  return async (notice) => {
    const { settings, troubles } = notice
    if (
      !settings
        .list('notify_classes')
        .some((name) => (troubles as ReadonlySet<string>).has(name.toLowerCase()))
    )
      return
    const to = settings.text(troubles.has('bounce') ? 'bounce_notice_recipient' : 'error_notice_recipient')
    const mailName = settings.text('mail_name')
    const cleanup = input.cleanup()
    const queueId = cleanup.newQueueId()
    const now = machine.clock.now()
    const header = [
      `Date: ${mailDate(now)}`,
      `From: Mail Delivery System <${quoteAddress(complete('MAILER-DAEMON'))}>`,
      `To: Postmaster <${quoteAddress(complete(to))}>`,
      `Subject: ${mailName} SMTP ${notice.of}: errors from ${notice.peer}`,
    ]
    await cleanup.submit({
      queueId,
      origin: { kind: 'notify' },
      sender: settings.text('double_bounce_sender'),
      recipients: [{ address: to, original: to, notify: [], orcpt: null }],
      envelope: { envid: null, ret: null, body: null, smtputf8: false, verp: null },
      trace: `Received: by ${settings.text('myhostname')} (${mailName})\n\tid ${queueId}; ${mailDate(now)}\n`,
      content: Buffer.from([...header, '', ...body(notice), ''].join('\n')),
      actions: [],
      arrivedAt: now,
      options: [],
    })
  }
}

function body({ of, peer, lines, aborted }: SessionNotice): readonly string[] {
  return [
    ...(of === 'client' ? [`Unexpected response from ${peer}.`, ''] : []),
    'Transcript of session follows.',
    '',
    ...lines.flatMap((line) => wrapLine(printable(line), 78, 4).map((piece) => ` ${piece}`)),
    '',
    ...(aborted === null ? [] : [`Session aborted, reason: ${aborted}`]),
    // Our client ends a session as it likes; a server is left by the other side.
    ...(of === 'server' ? [''] : []),
    'For other details, see the local mail logfile',
  ]
}
