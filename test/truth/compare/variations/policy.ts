/** What a server may want: actions of access tables at every stage, restrictions, limits. */
import { data, ehlo, from, mail, named, outside, say, to, under, type Area, type Variation } from './build.ts'

const actions = {
  ok: 'OK',
  number: '250',
  dunno: 'DUNNO',
  reject: 'REJECT',
  'reject-text': 'REJECT go away',
  'reject-status': 'REJECT 5.1.8 bad sender',
  'reject-soft-status': 'REJECT 4.1.8 bad sender',
  defer: 'DEFER',
  'defer-text': 'DEFER come back',
  'defer-if-permit': 'DEFER_IF_PERMIT grey',
  'defer-if-reject': 'DEFER_IF_REJECT maybe',
  'code-5': '550 no',
  'code-5-status': '550 5.7.9 no',
  'code-4-status': '450 4.2.1 later',
  'code-wrong-class': '550 4.1.1 odd',
  'code-421': '421 4.3.2 down',
  'code-521': '521 5.3.2 closed',
  'code-bare': '554',
  discard: 'DISCARD silently',
  hold: 'HOLD',
  'hold-text': 'HOLD for review',
  redirect: 'REDIRECT bert@firm.example',
  'redirect-bad': 'REDIRECT bert',
  bcc: 'BCC cleo@firm.example',
  prepend: 'PREPEND X-Mark: yes',
  'prepend-bad': 'PREPEND no header',
  filter: 'FILTER discard:gone',
  'filter-bad': 'FILTER gone',
  warn: 'WARN hm',
  info: 'INFO so',
  delay: 'DELAY 1h',
  restriction: 'reject_unauth_destination, permit',
  unknown: 'FROBNICATE x',
  empty: ' ',
}
const stages = {
  client: 'smtpd_client_restrictions = check_client_access static:{%}',
  helo: 'smtpd_helo_restrictions = check_helo_access static:{%}',
  sender: 'smtpd_sender_restrictions = check_sender_access static:{%}',
  recipient: 'smtpd_recipient_restrictions = check_recipient_access static:{%}',
  relay:
    'smtpd_relay_restrictions = check_recipient_access static:{%}, permit_mynetworks, reject_unauth_destination',
  data: 'smtpd_data_restrictions = check_sender_access static:{%}',
  'end-of-data': 'smtpd_end_of_data_restrictions = check_recipient_access static:{%}',
  etrn: 'smtpd_etrn_restrictions = check_etrn_access static:{%}',
}
const everyCommand = [...say('VRFY anna', 'ETRN firm.example'), ...mail()]

export const access: Area = Object.fromEntries(
  Object.entries(stages).flatMap(([stage, setting]) =>
    Object.entries(actions).flatMap(([name, action]): (readonly [string, Variation])[] => {
      const main = [setting.replace('%', action)]
      const late = [`${stage}-${name}`, { main, dialogue: everyCommand }] as const
      const now = [
        `${stage}-${name}-now`,
        { main: [...main, 'smtpd_delay_reject = no'], dialogue: everyCommand },
      ] as const
      return stage === 'client' || stage === 'helo' || stage === 'sender' ? [late, now] : [late]
    }),
  ),
)

const zone = [
  'outside.test. MX 10 mx.outside.test.',
  'mx.outside.test. A 127.0.0.9',
  'client.outside.test. A 127.0.0.5',
  'outside.test. NS ns.outside.test.',
  'ns.outside.test. A 127.0.0.53',
  '5.0.0.127.in-addr.arpa. PTR client.outside.test.',
  '5.0.0.127.list.test. A 127.0.0.2',
  '5.0.0.127.list.test. TXT "listed, see www"',
  'outside.test.names.test. A 127.0.0.4',
  'client.outside.test.names.test. A 127.0.0.4',
  '5.0.0.127.good.test. A 127.0.0.3',
  'null.test. MX 0 .',
  'loop.test. MX 10 localhost.',
  'broken.test. SERVFAIL',
]
const lists = {
  client: [
    'reject_unknown_client_hostname',
    'reject_unknown_reverse_client_hostname',
    'reject_unauth_pipelining',
    'permit_mynetworks, reject',
    'permit_inet_interfaces, reject',
    'reject_rbl_client list.test',
    'reject_rbl_client list.test=127.0.0.2',
    'reject_rbl_client list.test=127.0.0.[3..9]',
    'reject_rbl_client none.test',
    'reject_rbl_client broken.test',
    'reject_rbl_client list.test=x',
    'permit_dnswl_client good.test, reject',
    'permit_dnswl_client none.test, reject',
    'reject_rhsbl_client names.test',
    'reject_rhsbl_reverse_client names.test',
    'permit_rhswl_client names.test, reject',
    'permit_sasl_authenticated, reject',
    'permit_tls_clientcerts, reject',
    'permit_tls_all_clientcerts, reject',
    'reject_plaintext_session',
    'sleep 1',
    'sleep x',
    'defer',
    'permit',
    'reject',
    'warn_if_reject reject',
    'warn_if_reject, reject',
    'no_such_restriction',
    'check_client_access',
    'check_client_access static:OK, reject',
    'check_reverse_client_hostname_access static:{REJECT r}',
    'check_client_ns_access static:{REJECT n}',
    'check_client_mx_access static:{REJECT m}',
    'check_client_a_access static:{REJECT a}',
    'check_reverse_client_hostname_ns_access static:{REJECT n}',
    'check_reverse_client_hostname_mx_access static:{REJECT m}',
    'check_reverse_client_hostname_a_access static:{REJECT a}',
    'check_sasl_access static:{REJECT s}',
    'check_ccert_access static:{REJECT c}',
    'reject_unknown_client',
    'check_client_access fail:x',
  ],
  helo: [
    'reject_invalid_helo_hostname',
    'reject_non_fqdn_helo_hostname',
    'reject_unknown_helo_hostname',
    'reject_rhsbl_helo names.test',
    'check_helo_ns_access static:{REJECT n}',
    'check_helo_mx_access static:{REJECT m}',
    'check_helo_a_access static:{REJECT a}',
    'check_helo_access static:{REJECT h}',
    'permit_naked_ip_address, reject',
    'reject_unknown_hostname',
    'defer_if_permit x',
    'defer_if_reject',
  ],
  sender: [
    'reject_non_fqdn_sender',
    'reject_unknown_sender_domain',
    'reject_unlisted_sender',
    'reject_rhsbl_sender names.test',
    'check_sender_ns_access static:{REJECT n}',
    'check_sender_mx_access static:{REJECT m}',
    'check_sender_a_access static:{REJECT a}',
    'reject_sender_login_mismatch',
    'reject_authenticated_sender_login_mismatch',
    'reject_known_sender_login_mismatch',
    'reject_unauthenticated_sender_login_mismatch',
    'reject_unverified_sender',
    'check_sender_access regexp:$config_directory/r',
    'check_sender_access pcre:$config_directory/p',
    'check_sender_access cidr:$config_directory/c',
    'check_sender_access hash:$config_directory/h',
    'check_sender_access texthash:$config_directory/h',
    'check_sender_access inline:{outside.test=REJECT,x=y}',
    'check_sender_access unionmap:{static:OK,static:REJECT}',
    'check_sender_access pipemap:{inline:{sender@outside.test=k},inline:{k=REJECT}}',
    'check_sender_access randmap:{REJECT}',
    'check_sender_access environ:',
    'check_sender_access hash:/no/such',
    'check_sender_access nosuch:x',
    'check_sender_access fail:x',
    'check_sender_access',
  ],
  recipient: [
    'reject_non_fqdn_recipient, reject_unauth_destination',
    'reject_unknown_recipient_domain, reject_unauth_destination',
    'reject_unlisted_recipient, reject_unauth_destination',
    'reject_rhsbl_recipient names.test, reject_unauth_destination',
    'check_recipient_ns_access static:{REJECT n}',
    'check_recipient_mx_access static:{REJECT m}',
    'check_recipient_a_access static:{REJECT a}',
    'reject_multi_recipient_bounce',
    'permit_auth_destination, reject',
    'permit_mx_backup, reject',
    'reject_unverified_recipient',
    'reject_unauth_destination, defer',
    'check_policy_service inet:127.0.0.1:1',
    'check_policy_service unix:private/none',
    'check_policy_service {inet:127.0.0.1:1, timeout=1s, default_action=DUNNO}',
    'check_policy_service',
    'defer_unauth_destination',
    'permit',
  ],
} as const

const recipients = [
  '<anna@firm.example>',
  '<nosuch@firm.example>',
  '<x@far.test>',
  '<x@null.test>',
  '<x@broken.test>',
  '<x@loop.test>',
  '<postmaster>',
  '<anna>',
]
const senders = [
  '<sender@outside.test>',
  '<>',
  '<sender@null.test>',
  '<sender@loop.test>',
  '<sender@gone.test>',
  '<sender@broken.test>',
  '<nosuch@firm.example>',
  '<sender>',
  '<anna@firm.example>',
]
const manySenders = [
  ...say(ehlo),
  ...senders.flatMap((sender) => say(from(sender), to(), 'RSET')),
  ...say('QUIT'),
]
const manyRecipients = [
  ...say(ehlo, from(), ...recipients.map((path) => to(path))),
  ...data(),
  ...say('QUIT'),
]
const greetings = [
  'mail.outside.test',
  'client.outside.test',
  'client',
  '[127.0.0.5]',
  '127.0.0.5',
  '_x.test',
  '-x.test',
  'a..b',
  'outside.test',
  'gone.test',
  'broken.test',
]
const manyGreetings = [
  ...greetings.flatMap((name) => say(`EHLO ${name}`, from(), to(), 'RSET')),
  ...say('QUIT'),
]
const files = {
  r: '/^sender@/ REJECT regexp\n/(.*)@broken/ 450 4.7.1 $1 is broken\n',
  p: '/^sender@null/i REJECT pcre\n!/test/ DUNNO\nif /loop/\n/(?<n>s.nder)/ REJECT got $1\nendif\n',
  c: '127.0.0.0/8 REJECT cidr\n',
  h: 'outside.test REJECT hashed\n<> REJECT null\nnosuch@ REJECT local\n',
}
const dialogues = { client: mail(), helo: manyGreetings, sender: manySenders, recipient: manyRecipients }
const slug = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 70)

export const restrictions: Area = Object.fromEntries(
  Object.entries(lists).flatMap(([stage, items]) =>
    items.flatMap((list): (readonly [string, Variation])[] => {
      const main = [`smtpd_${stage}_restrictions = ${list}`]
      const base = { dialogue: dialogues[stage as keyof typeof dialogues], zone, files, timeout: 15 }
      const name = `${stage}-${slug(list)}`
      const late = [name, { ...base, main }] as const
      if (stage === 'recipient') return [late]
      return [late, [`${name}-now`, { ...base, main: [...main, 'smtpd_delay_reject = no'] }]]
    }),
  ),
)

const four = (code: string) => `${code} = 450`
export const codes: Area = {
  ...named(
    'recipient',
    under(
      manyRecipients,
      {
        unknown_local: four('unknown_local_recipient_reject_code'),
        relay: four('relay_domains_reject_code'),
        unlisted_no: 'smtpd_reject_unlisted_recipient = no',
        unknown_address: [
          'smtpd_recipient_restrictions = reject_unknown_recipient_domain',
          four('unknown_address_reject_code'),
        ],
        unknown_tempfail: [
          'smtpd_recipient_restrictions = reject_unknown_recipient_domain',
          'unknown_address_tempfail_action = reject',
        ],
        access_code: [
          'smtpd_recipient_restrictions = check_recipient_access static:REJECT',
          four('access_map_reject_code'),
        ],
        maps_code: [
          'smtpd_recipient_restrictions = reject_rbl_client list.test',
          four('maps_rbl_reject_code'),
        ],
        rbl_text: [
          'smtpd_recipient_restrictions = reject_rbl_client list.test',
          'default_rbl_reply = 521 5.7.1 $rbl_class|$rbl_code|$rbl_domain|$rbl_reason|$rbl_txt|$rbl_what|$recipient|$sender|$client|$helo_name|$client_address|${rbl_reason?(has)}${rbl_txt:no}',
        ],
        rbl_maps: [
          'smtpd_recipient_restrictions = reject_rbl_client list.test',
          'rbl_reply_maps = inline:{{list.test=554 5.7.1 $rbl_what mapped: $rbl_txt}}',
        ],
        multi: [
          'smtpd_recipient_restrictions = reject_multi_recipient_bounce',
          four('multi_recipient_bounce_reject_code'),
        ],
        delay_open: ['smtpd_delay_open_until_valid_rcpt = no'],
        soft: 'soft_bounce = yes',
        expand: [
          'smtpd_expansion_filter = abc',
          'smtpd_recipient_restrictions = reject_rbl_client list.test',
        ],
        footer: 'smtpd_reject_footer = \\c. See http://x.test/$server_name?$localtime',
        footer_line: 'smtpd_reject_footer = Call us',
        null_key: [
          'smtpd_null_access_lookup_key = nobody',
          'smtpd_sender_restrictions = check_sender_access inline:{nobody=REJECT}',
        ],
      },
      { zone, files },
    ),
  ),
  ...named(
    'sender',
    under(
      manySenders,
      {
        unknown_address: [
          'smtpd_sender_restrictions = reject_unknown_sender_domain',
          four('unknown_address_reject_code'),
        ],
        unknown_tempfail: [
          'smtpd_sender_restrictions = reject_unknown_sender_domain',
          'unknown_address_tempfail_action = defer',
        ],
        non_fqdn: ['smtpd_sender_restrictions = reject_non_fqdn_sender', four('non_fqdn_reject_code')],
        unlisted: ['smtpd_reject_unlisted_sender = yes'],
        null_key: [
          'smtpd_null_access_lookup_key = nobody',
          'smtpd_sender_restrictions = check_sender_access inline:{nobody=REJECT}',
        ],
        null_default: ['smtpd_sender_restrictions = check_sender_access inline:{<>=REJECT}'],
        parents: [
          'parent_domain_matches_subdomains =',
          'smtpd_sender_restrictions = check_sender_access inline:{test=REJECT}',
        ],
        parents_dot: [
          'parent_domain_matches_subdomains =',
          'smtpd_sender_restrictions = check_sender_access inline:{.test=REJECT}',
        ],
        parents_yes: [
          'parent_domain_matches_subdomains = smtpd_access_maps',
          'smtpd_sender_restrictions = check_sender_access inline:{test=REJECT}',
        ],
        class: [
          'smtpd_restriction_classes = strict',
          'strict = check_sender_access static:{REJECT classy}, permit',
          'smtpd_sender_restrictions = strict',
        ],
        class_nested: [
          'smtpd_restriction_classes = strict, inner',
          'strict = inner',
          'inner = check_sender_access inline:{outside.test=inner}',
          'smtpd_sender_restrictions = strict',
        ],
        login: [
          'smtpd_sasl_auth_enable = yes',
          'smtpd_sender_login_maps = inline:{anna@firm.example=anna}',
          'smtpd_sender_restrictions = reject_sender_login_mismatch',
        ],
      },
      { zone, files },
    ),
  ),
  ...named(
    'helo',
    under(
      manyGreetings,
      {
        required: 'smtpd_helo_required = yes',
        invalid: [
          'smtpd_helo_restrictions = reject_invalid_helo_hostname',
          four('invalid_hostname_reject_code'),
        ],
        unknown: [
          'smtpd_helo_restrictions = reject_unknown_helo_hostname',
          'unknown_hostname_reject_code = 550',
        ],
        tempfail: [
          'smtpd_helo_restrictions = reject_unknown_helo_hostname',
          'unknown_helo_hostname_tempfail_action = defer',
        ],
        fqdn: ['smtpd_helo_restrictions = reject_non_fqdn_helo_hostname', four('non_fqdn_reject_code')],
      },
      { zone, files },
    ),
  ),
}

const flood = (lines: readonly string[], times: number) => [
  ...say(ehlo),
  ...Array.from({ length: times }, () => say(...lines)).flat(),
  ...say('QUIT'),
]
export const limits: Area = {
  ...named(
    'errors',
    under(flood(['FROB'], 6), {
      hard: 'smtpd_hard_error_limit = 4',
      soft: ['smtpd_soft_error_limit = 2', 'smtpd_error_sleep_time = 1s'],
      none: 'smtpd_hard_error_limit = 100',
    }),
  ),
  ...named(
    'junk',
    under(flood(['NOOP'], 6), {
      low: ['smtpd_junk_command_limit = 2', 'smtpd_hard_error_limit = 2'],
      none: [],
    }),
  ),
  ...named(
    'recipients',
    under(
      [
        ...say(ehlo, from(), to('<anna@firm.example>'), to('<bert@firm.example>'), to('<cleo@firm.example>')),
        ...data(),
        ...say('QUIT'),
      ],
      {
        two: 'smtpd_recipient_limit = 2',
        overshoot: ['smtpd_recipient_limit = 1', 'smtpd_recipient_overshoot_limit = 0'],
      },
    ),
  ),
  ...named(
    'size',
    under(
      [
        ...say(ehlo, from(undefined, 'SIZE=500'), 'RSET', from(), to()),
        ...data(['Subject: x', '', 'y'.repeat(600)]),
        ...say('QUIT'),
      ],
      {
        small: 'message_size_limit = 400',
        none: 'message_size_limit = 0',
        mailbox: ['message_size_limit = 300', 'mailbox_size_limit = 200'],
      },
    ),
  ),
  ...named(
    'rates',
    under(
      [...say(ehlo, from(), to()), { connect: true }, ...say(ehlo, from(), to(), 'RSET', from(), to())],
      {
        messages: ['smtpd_client_message_rate_limit = 1', 'smtpd_client_event_limit_exceptions ='],
        recipients: ['smtpd_client_recipient_rate_limit = 1', 'smtpd_client_event_limit_exceptions ='],
        connections: ['smtpd_client_connection_rate_limit = 1', 'smtpd_client_event_limit_exceptions ='],
      },
      { client_ip: outside },
    ),
  ),
  ...named(
    'lines',
    under(
      [
        ...say(ehlo, `NOOP ${'x'.repeat(300)}`, from(), to()),
        ...data(['Subject: x', '', 'y'.repeat(300)]),
        ...say('QUIT'),
      ],
      { short: 'line_length_limit = 600', smtp: 'smtp_line_length_limit = 100' },
    ),
  ),
}
