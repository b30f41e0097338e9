/** What happens behind the door, and who may come in: relaying, aliases, rewriting, virtual mailboxes, AUTH, TLS. */
import type { SmtpStep } from '../../smtp-case.ts'
import { data, ehlo, from, mail, named, say, to, under, type Area } from './build.ts'

const inside = '127.0.0.1'
const far = { zone: ['far.test. MX 10 mx.far.test.', 'mx.far.test. A 127.0.0.9'] }
const hop = (replies: object) => ({
  ...far,
  next_hops: { '127.0.0.9': { name: 'mx.far.test', ...replies } },
  client_ip: inside,
})
const out = mail(['<x@far.test>', '<y@far.test>'], '<anna@firm.example>')

export const relay: Area = {
  ...Object.fromEntries(
    Object.entries({
      taken: {},
      'greeting-554': { greeting: '554 5.3.2 go away' },
      'greeting-421': { greeting: '421 4.3.2 busy' },
      'mail-550': { mail: '550 5.1.8 no' },
      'mail-450': { mail: '450 4.1.8 no' },
      'rcpt-550': { rcpt: '550 5.1.1 nobody' },
      'rcpt-452': { rcpt: '452 4.2.2 full' },
      'one-refused': { rcpt_by_address: { '<y@': '550 5.1.1 no y' } },
      'data-554': { data: '554 5.6.0 spam' },
      'data-451': { data: '451 4.3.0 later' },
      dsn: { ehlo: ['DSN'] },
      pipelining: { ehlo: ['PIPELINING'] },
      size: { ehlo: ['SIZE 10'] },
    }).map(([name, replies]) => [`hop-${name}`, { dialogue: out, ...hop(replies) }]),
  ),
  ...named(
    'settings',
    under(
      out,
      {
        relayhost: 'relayhost = [127.0.0.9]',
        'transport-error': 'transport_maps = inline:{{far.test=error:5.7.1 closed}}',
        'transport-discard': 'transport_maps = inline:{{x@far.test=discard:one}}',
        'transport-fail': 'transport_maps = fail:x',
        'default-transport': 'default_transport = retry:later',
        generic: 'smtp_generic_maps = inline:{{anna@firm.example=a@public.test}}',
        'soft-bounce': ['soft_bounce = yes', 'relayhost = [127.0.0.99]'],
      },
      hop({}),
    ),
  ),
  ...named(
    'policy',
    under(
      [
        ...mail([
          '<x@far.test>',
          '<anna@firm.example>',
          '<anna@far.test@firm.example>',
          '<anna%far.test@firm.example>',
          '<far.test!x@firm.example>',
          '<@far.test:x@firm.example>',
        ]),
      ],
      {
        default: [],
        none: ['smtpd_relay_restrictions =', 'smtpd_recipient_restrictions = reject_unauth_destination'],
        domains: 'relay_domains = far.test',
        recipients: ['relay_domains = far.test', 'relay_recipient_maps = inline:{z@far.test=1}'],
        networks: 'mynetworks = 127.0.0.5',
        class: 'mynetworks_style = host',
        percent: 'allow_percent_hack = no',
        bang: 'swap_bangpath = no',
        untrusted: 'allow_untrusted_routing = yes',
      },
      far,
    ),
  ),
}

const listed = mail(['<list@firm.example>', '<anna@firm.example>'])
const alias = (text: string) => ({ dialogue: listed, files: { aliases: text } })
export const aliases: Area = {
  one: alias('list: bert\n'),
  several: alias('list: bert, cleo,\n  anna\n'),
  chain: alias('list: other\nother: cleo\n'),
  loop: alias('list: other\nother: list\n'),
  outside: alias('list: x@far.test, bert\n'),
  file: alias('list: /etc/postfix/files/box\n'),
  folder: alias('list: /etc/postfix/files/dir/\n'),
  command: alias('list: "|cat > /dev/null"\n'),
  'command-fails': alias('list: "|echo sorry; exit 69"\n'),
  owner: alias('list: nosuch\nowner-list: cleo\n'),
  included: {
    dialogue: listed,
    files: { aliases: 'list: :include:/etc/postfix/members\n', members: 'bert\n# none\ncleo\n' },
  },
  nobody: alias('list: nosuch\n'),
  ...Object.fromEntries(
    Object.entries({
      bert: 'bert\n',
      keep: '\\anna, bert\n',
      self: 'anna\n',
      file: '~/copy\n',
      command: '"|exit 75"\n',
      empty: '',
      outside: 'x@far.test\n',
    }).map(([name, text]) => [
      `forward-${name}`,
      { dialogue: mail(), files: { 'home/anna/.forward': text } },
    ]),
  ),
}

const headers = [
  'From: Sender <sender@outside.test>',
  'To: anna@firm.example, x@sub.outside.test',
  'Cc: anna',
  'Subject: mark',
  '',
  'mark',
]
const rewritten = mail(['<anna@firm.example>'], '<sender@outside.test>', headers)
const check = (kind: string, action: string) => ({
  main: [`${kind}_checks = pcre:$config_directory/c`],
  files: { c: `/mark/ ${action}\n` },
  dialogue: rewritten,
})
export const rewriting: Area = {
  ...under(rewritten, {
    canonical:
      'canonical_maps = inline:{{sender@outside.test=s@new.test},{anna@firm.example=bert@firm.example}}',
    'canonical-domain': 'canonical_maps = inline:{{@outside.test=@changed.test}}',
    'sender-canonical': 'sender_canonical_maps = inline:{{sender@outside.test=z@z.test}}',
    'recipient-canonical': 'recipient_canonical_maps = inline:{{anna@firm.example=cleo@firm.example}}',
    masquerade: ['masquerade_domains = outside.test', 'local_header_rewrite_clients = static:all'],
    'always-bcc': 'always_bcc = cleo@firm.example',
    'sender-bcc': 'sender_bcc_maps = inline:{{sender@outside.test=cleo@firm.example}}',
    'virtual-alias': 'virtual_alias_maps = inline:{{anna=bert,cleo}}',
    'virtual-loop':
      'virtual_alias_maps = inline:{{anna@firm.example=bert@firm.example},{bert@firm.example=anna@firm.example}}',
    'remote-domain': ['local_header_rewrite_clients =', 'remote_header_rewrite_domain = dom.invalid'],
  }),
  ...Object.fromEntries(
    ['header', 'body'].flatMap((kind) =>
      [
        'REJECT no',
        'DISCARD',
        'HOLD',
        'REPLACE X-New: y',
        'PREPEND X-Pre: y',
        'IGNORE',
        'WARN hm',
        'REDIRECT cleo@firm.example',
        'BCC cleo@firm.example',
        'STRIP gone',
        'FILTER discard:x',
        'INFO so',
        'DUNNO',
        '550 5.7.1 hm',
        'FROB',
      ].map((action) => [`${kind}-${(action.split(' ')[0] ?? '').toLowerCase()}`, check(kind, action)]),
    ),
  ),
}

const virtualDomain = [
  'virtual_mailbox_domains = v.test',
  'virtual_mailbox_base = $config_directory/vmail',
  'virtual_uid_maps = static:5000',
  'virtual_gid_maps = static:5000',
]
export const virtual: Area = under(mail(['<a@v.test>', '<a+x@v.test>', '<q@v.test>']), {
  maildir: [...virtualDomain, 'virtual_mailbox_maps = inline:{{a@v.test=v/a/}}'],
  mbox: [...virtualDomain, 'virtual_mailbox_maps = inline:{{a@v.test=a}}'],
  domain: [...virtualDomain, 'virtual_mailbox_maps = inline:{{@v.test=all/}}'],
  extension: [...virtualDomain, 'virtual_mailbox_maps = inline:{{a@v.test=v/a/}}', 'recipient_delimiter = +'],
  'no-uid': [
    ...virtualDomain,
    'virtual_mailbox_maps = inline:{{a@v.test=v/a/}}',
    'virtual_uid_maps = inline:{x=1}',
  ],
  alias: [
    'virtual_alias_domains = v.test',
    'virtual_alias_maps = inline:{{a@v.test=anna},{q@v.test=x@far.test}}',
  ],
})

const plain = Buffer.from('\0anna\0secret-anna').toString('base64')
const on = 'smtpd_sasl_auth_enable = yes'
const auth = (...lines: readonly string[]) => [
  ...say(ehlo, ...lines),
  ...say(from('<anna@firm.example>'), to('<x@far.test>'), 'QUIT'),
]
export const sasl: Area = {
  ...Object.fromEntries(
    Object.entries({
      plain: [`AUTH PLAIN ${plain}`],
      'plain-later': ['AUTH PLAIN', plain],
      'plain-wrong': [`AUTH PLAIN ${Buffer.from('\0anna\0x').toString('base64')}`],
      'plain-nobody': [`AUTH PLAIN ${Buffer.from('\0nobody\0x').toString('base64')}`],
      'plain-short': ['AUTH PLAIN YQ=='],
      'plain-equals': ['AUTH PLAIN ='],
      'plain-garbage': ['AUTH PLAIN !!!'],
      login: ['AUTH LOGIN', 'YW5uYQ==', Buffer.from('secret-anna').toString('base64')],
      'login-initial': ['AUTH LOGIN YW5uYQ==', Buffer.from('secret-anna').toString('base64')],
      cancelled: ['AUTH LOGIN', '*'],
      twice: [`AUTH PLAIN ${plain}`, `AUTH PLAIN ${plain}`],
      unknown: ['AUTH FROB'],
      none: ['AUTH'],
      'three-words': ['AUTH PLAIN a b'],
      'in-transaction': [from(), `AUTH PLAIN ${plain}`],
      'wrong-thrice': ['AUTH PLAIN YQ==', 'AUTH PLAIN YQ==', 'AUTH PLAIN YQ=='],
    }).map(([name, lines]) => [name, { main: [on], dialogue: auth(...lines) }]),
  ),
  ...named(
    'settings',
    under(auth(`AUTH PLAIN ${plain}`), {
      off: [],
      'tls-only': [on, 'smtpd_tls_auth_only = yes'],
      'no-plain': [on, 'smtpd_sasl_security_options = noanonymous, noplaintext'],
      exceptions: [on, 'smtpd_sasl_exceptions_networks = 127.0.0.0/8'],
      header: [on, 'smtpd_sasl_authenticated_header = yes'],
      'login-maps': [
        on,
        'smtpd_sender_login_maps = inline:{anna@firm.example=bert}',
        'smtpd_sender_restrictions = reject_authenticated_sender_login_mismatch',
      ],
    }),
  ),
}

const secure: SmtpStep = { starttls: true }
export const tls: Area = Object.fromEntries(
  Object.entries({
    none: [],
    may: ['smtpd_tls_security_level = may'],
    encrypt: ['smtpd_tls_security_level = encrypt'],
    received: ['smtpd_tls_security_level = may', 'smtpd_tls_received_header = yes'],
    'auth-only': ['smtpd_tls_security_level = may', 'smtpd_tls_auth_only = yes', on],
  }).flatMap(([name, main]) => [
    [
      name,
      {
        main,
        dialogue: [
          ...say(ehlo, from(), 'RSET'),
          secure,
          ...say(from(), ehlo, from(), to()),
          ...data(),
          ...say('QUIT'),
        ],
      },
    ],
    [
      `${name}-injected`,
      { main, dialogue: [...say(ehlo), { starttls: { inject: 'NOOP\r\n' } }, ...say(ehlo, 'QUIT')] },
    ],
    [
      `${name}-in-transaction`,
      { main, dialogue: [...say(ehlo, from(), to()), secure, ...say('DATA', ehlo, 'QUIT')] },
    ],
  ]),
)
