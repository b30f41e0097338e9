/**
 * The standard texts of reports: what people read when their mail came back, is late, or arrived.
 *
 * bounce(5); `postconf -b` shows them with the names filled in.
 */
import type { Template } from './report.ts'

export type ReportKind = 'failure' | 'delay' | 'success' | 'verify'

const from = 'Mail Delivery System <MAILER-DAEMON>'

const closing = [
  'For further assistance, please send mail to postmaster.',
  '',
  'If you do so, please include this problem report. You can',
  'delete your own text from the attached returned message.',
  '',
  '                   The mail system',
]

export const templates: Readonly<Record<ReportKind, Template>> = {
  failure: {
    charset: 'us-ascii',
    from,
    subject: 'Undelivered Mail Returned to Sender',
    postmasterSubject: 'Postmaster Copy: Undelivered Mail',
    text: [
      'This is the mail system at host $myhostname.',
      '',
      "I'm sorry to have to inform you that your message could not",
      "be delivered to one or more recipients. It's attached below.",
      '',
      ...closing,
    ],
  },
  delay: {
    charset: 'us-ascii',
    from,
    subject: 'Delayed Mail (still being retried)',
    postmasterSubject: 'Postmaster Warning: Delayed Mail',
    text: [
      'This is the mail system at host $myhostname.',
      '',
      '####################################################################',
      '# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #',
      '####################################################################',
      '',
      'Your message could not be delivered for more than $delay_warning_time_hours hour(s).',
      'It will be retried until it is $maximal_queue_lifetime_days day(s) old.',
      '',
      ...closing,
    ],
  },
  success: {
    charset: 'us-ascii',
    from,
    subject: 'Successful Mail Delivery Report',
    postmasterSubject: '',
    text: [
      'This is the mail system at host $myhostname.',
      '',
      'Your message was successfully delivered to the destination(s)',
      'listed below. If the message was delivered to mailbox you will',
      'receive no further notifications. Otherwise you may still receive',
      'notifications of mail delivery errors from other systems.',
      '',
      '                   The mail system',
    ],
  },
  verify: {
    charset: 'us-ascii',
    from,
    subject: 'Mail Delivery Status Report',
    postmasterSubject: '',
    text: [
      'This is the mail system at host $myhostname.',
      '',
      'Enclosed is the mail delivery report that you requested.',
      '',
      '                   The mail system',
    ],
  },
}
