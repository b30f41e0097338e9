/**
 * The files that a fresh host of a lab begins with, laid out as on a real box. What the lab's own folder gives
 * for a host is laid over them; a host that brings its `main.cf` or `dovecot.conf` uses that file as it is.
 *
 * Next: engine/lab/lab-host.ts
 */
import type { HostDefinition, LabDefinition } from '#control/lab-definition.ts'
import { named } from '#protocol/named.ts'

export type HostFile = { readonly path: string; readonly text: string; readonly mode?: number }

/** Service → port, as IANA has them. */
export const servicePorts: Readonly<Record<string, number>> = named({
  smtp: 25,
  lmtp: 24,
  submission: 587,
  submissions: 465,
  pop3: 110,
  pop3s: 995,
  imap: 143,
  imaps: 993,
  sieve: 4190,
  dns: 53,
})

const postfixServices = ['smtp', 'submission', 'submissions']
const dovecotServices = ['lmtp', 'pop3', 'pop3s', 'imap', 'imaps', 'sieve']

export const runsPostfix = (host: HostDefinition) =>
  host.services.some((name) => postfixServices.includes(name))
export const runsDovecot = (host: HostDefinition) =>
  host.services.some((name) => dovecotServices.includes(name))

/** uid of the first person of a box, as Debian counts. */
const firstUid = 1000

export function hostFiles(host: HostDefinition, lab: LabDefinition): readonly HostFile[] {
  const people = Object.keys(host.users)
  return [
    { path: '/etc/hostname', text: `${host.name}\n` },
    { path: '/etc/hosts', text: hostsFile(host) },
    { path: '/etc/resolv.conf', text: resolvConf(host, lab) },
    { path: '/etc/passwd', text: passwd(people) },
    ...(runsPostfix(host) ? postfixFiles(host) : []),
    ...(runsDovecot(host) || runsPostfix(host)
      ? [
          { path: '/etc/dovecot/dovecot.conf', text: dovecotConf(host) },
          { path: '/etc/dovecot/users', text: dovecotUsers(host) },
        ]
      : []),
  ]
}

const hostsFile = (host: HostDefinition) =>
  [
    `127.0.0.1\tlocalhost`,
    ...(host.address.startsWith('127.') ? [] : [`${host.address}\t${host.name} ${shortName(host.name)}`]),
    '',
  ].join('\n')

const shortName = (name: string) => name.split('.')[0] ?? name

/** The name server of the lab: the host that offers DNS, else a resolver on the box itself. */
function resolvConf(host: HostDefinition, lab: LabDefinition): string {
  const server = lab.hosts.find((other) => other.services.includes('dns'))
  const domain = host.name.split('.').slice(1).join('.')
  return `${domain === '' ? '' : `search ${domain}\n`}nameserver ${server?.address ?? '127.0.0.1'}\n`
}

const passwd = (people: readonly string[]) =>
  [
    ...systemUsers
      .filter(([name]) => !people.includes(name))
      .map(
        ([name, uid, gid, fullName, home, shell = '/usr/sbin/nologin']) =>
          `${name}:x:${uid}:${gid}:${fullName}:${home}:${shell}`,
      ),
    ...people.map(
      (name, i) => `${name}:x:${firstUid + i}:${firstUid + i}:${capital(name)},,,:/home/${name}:/bin/bash`,
    ),
    '',
  ].join('\n')

type PasswdRow = readonly [
  name: string,
  uid: number,
  gid: number,
  fullName: string,
  home: string,
  shell?: string,
]

/** Who is there on a Debian before anybody is added: mail for `list` or `news` has a user. */
const systemUsers: readonly PasswdRow[] = [
  ['root', 0, 0, 'root', '/root', '/bin/bash'],
  ['daemon', 1, 1, 'daemon', '/usr/sbin'],
  ['bin', 2, 2, 'bin', '/bin'],
  ['sys', 3, 3, 'sys', '/dev'],
  ['sync', 4, 65534, 'sync', '/bin', '/bin/sync'],
  ['games', 5, 60, 'games', '/usr/games'],
  ['man', 6, 12, 'man', '/var/cache/man'],
  ['lp', 7, 7, 'lp', '/var/spool/lpd'],
  ['mail', 8, 8, 'mail', '/var/mail'],
  ['news', 9, 9, 'news', '/var/spool/news'],
  ['uucp', 10, 10, 'uucp', '/var/spool/uucp'],
  ['proxy', 13, 13, 'proxy', '/bin'],
  ['www-data', 33, 33, 'www-data', '/var/www'],
  ['backup', 34, 34, 'backup', '/var/backups'],
  ['list', 38, 38, 'Mailing List Manager', '/var/list'],
  ['irc', 39, 39, 'ircd', '/run/ircd'],
  ['_apt', 42, 65534, '', '/nonexistent'],
  ['nobody', 65534, 65534, 'nobody', '/nonexistent'],
  ['systemd-network', 998, 998, 'systemd Network Management', '/'],
  ['messagebus', 100, 102, '', '/nonexistent'],
  ['postfix', 106, 113, '', '/var/spool/postfix'],
  ['dovecot', 107, 115, 'Dovecot mail server,,,', '/usr/lib/dovecot'],
  ['dovenull', 108, 116, 'Dovecot login user,,,', '/nonexistent'],
]

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

function postfixFiles(host: HostDefinition): readonly HostFile[] {
  return [
    { path: '/etc/postfix/main.cf', text: mainCf(host) },
    { path: '/etc/postfix/master.cf', text: masterCf(host) },
    { path: '/etc/postfix/sasl/smtpd.conf', text: smtpdConf(host) },
    { path: '/etc/aliases', text: aliases(Object.keys(host.users)) },
    { path: '/etc/mailname', text: `${host.name}\n` },
  ]
}

/** Mail for root is read by somebody who is not root: Dovecot would not let uid 0 have a mailbox. */
const aliases = ([reader]: readonly string[]) =>
  `# See man 5 aliases for format\npostmaster:    root\n${reader === undefined ? '' : `root:          ${reader}\n`}`

/**
 * The lab's own Postfix asks saslauthd, as the course does. One that brings its main.cf finds what needs no daemon:
 * sasldb, and with it the mechanisms that must know the password.
 */
const smtpdConf = (host: HostDefinition) =>
  bringsFile(host, 'etc/postfix/main.cf')
    ? 'pwcheck_method: auxprop\nmech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5\n'
    : 'pwcheck_method: saslauthd\nmech_list: PLAIN LOGIN\n'

const bringsFile = (host: HostDefinition, path: string) => path in host.files || `/${path}` in host.files

const mainCf = (
  host: HostDefinition,
) => `# Postfix of ${host.name}. A parameter starts in the first column; a line that
# begins with white space continues the one before it.
compatibility_level = 3.6

myhostname = ${host.name}
mydomain = ${parentDomain(host.name)}
myorigin = $mydomain
mydestination = $myhostname, $mydomain, localhost.$mydomain, localhost
# Whom we relay for: this box, and the network of the office.
mynetworks = ${['127.0.0.0/8', ...officeNetwork(host)].join(', ')}
relay_domains =
inet_protocols = ipv4
recipient_delimiter = +
biff = no

# Local mail goes to the MDA by LMTP; without this line local(8) writes it to ~/Maildir itself.
${host.services.includes('lmtp') ? 'mailbox_transport = lmtp:unix:private/dovecot-lmtp\n' : ''}home_mailbox = Maildir/
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases

smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination

smtpd_tls_cert_file = /etc/ssl/certs/mail.pem
smtpd_tls_key_file = /etc/ssl/private/mail.key
smtpd_tls_security_level = may
smtp_tls_CAfile = /etc/ssl/certs/mailscope-root.pem
`

/** The /24 of an IPv4 address of the documentation ranges; nothing for loopback and IPv6. */
const officeNetwork = ({ address }: HostDefinition): readonly string[] =>
  /^\d+\.\d+\.\d+\.\d+$/.test(address) && !address.startsWith('127.') ? [address.replace(/\d+$/, '0/24')] : []

const parentDomain = (name: string) =>
  name.split('.').length > 2 ? name.split('.').slice(1).join('.') : name

function masterCf(host: HostDefinition): string {
  const inet = [
    'smtp      inet  n       -       n       -       -       smtpd',
    ...(host.services.includes('submission')
      ? [
          'submission inet n       -       n       -       -       smtpd',
          '  -o syslog_name=postfix/submission',
          '  -o smtpd_tls_security_level=encrypt',
          ...submissionOptions,
        ]
      : []),
    ...(host.services.includes('submissions')
      ? [
          'submissions inet n      -       n       -       -       smtpd',
          '  -o syslog_name=postfix/submissions',
          '  -o smtpd_tls_wrappermode=yes',
          ...submissionOptions,
        ]
      : []),
  ]
  return [
    '# ==========================================================================',
    '# service type  private unpriv  chroot  wakeup  maxproc command + args',
    '#               (yes)   (yes)   (no)    (never) (100)',
    '# ==========================================================================',
    ...inet,
    ...masterCfAgents,
    '',
  ].join('\n')
}

const submissionOptions = [
  '  -o smtpd_sasl_auth_enable=yes',
  '  -o smtpd_tls_auth_only=yes',
  '  -o smtpd_client_restrictions=permit_sasl_authenticated,reject',
  '  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject',
]

const masterCfAgents = [
  'pickup    unix  n       -       n       60      1       pickup',
  'cleanup   unix  n       -       n       -       0       cleanup',
  'qmgr      unix  n       -       n       300     1       qmgr',
  'tlsmgr    unix  -       -       n       1000?   1       tlsmgr',
  'rewrite   unix  -       -       n       -       -       trivial-rewrite',
  'bounce    unix  -       -       n       -       0       bounce',
  'defer     unix  -       -       n       -       0       bounce',
  'trace     unix  -       -       n       -       0       bounce',
  'verify    unix  -       -       n       -       1       verify',
  'flush     unix  n       -       n       1000?   0       flush',
  'proxymap  unix  -       -       n       -       -       proxymap',
  'proxywrite unix -       -       n       -       1       proxymap',
  'smtp      unix  -       -       n       -       -       smtp',
  'relay     unix  -       -       n       -       -       smtp',
  '        -o syslog_name=postfix/$service_name',
  'showq     unix  n       -       n       -       -       showq',
  'error     unix  -       -       n       -       -       error',
  'retry     unix  -       -       n       -       -       error',
  'discard   unix  -       -       n       -       -       discard',
  'local     unix  -       n       n       -       -       local',
  'virtual   unix  -       n       n       -       -       virtual',
  'lmtp      unix  -       -       n       -       -       lmtp',
  'anvil     unix  -       -       n       -       1       anvil',
  'scache    unix  -       -       n       -       1       scache',
  'postlog   unix-dgram n  -       n       -       1       postlogd',
]

/** Mechanisms that never send the password need it in the clear on the server: pam cannot give it. */
const passdb = (host: HostDefinition) =>
  bringsFile(host, 'etc/postfix/main.cf')
    ? 'passdb {\n  driver = passwd-file\n  args = scheme=PLAIN username_format=%n /etc/dovecot/users\n}'
    : 'passdb {\n  driver = pam\n}'

const dovecotUsers = (host: HostDefinition) =>
  Object.entries(host.users)
    .map(([name, password]) => `${name}:{PLAIN}${password}\n`)
    .join('')

function dovecotConf(host: HostDefinition): string {
  const protocols = ['imap', 'pop3', 'lmtp', 'sieve'].filter((name) =>
    host.services.some((service) => service === name || service === `${name}s`),
  )
  return `# Dovecot of ${host.name}: the MDA (LMTP) and the MRA (POP3, IMAP).
protocols = ${protocols.join(' ')}
mail_location = maildir:~/Maildir
recipient_delimiter = +
auth_mechanisms = ${bringsFile(host, 'etc/postfix/main.cf') ? 'plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256' : 'plain login'}
auth_username_format = %Ln
disable_plaintext_auth = no
ssl = yes
ssl_cert = </etc/ssl/certs/mail.pem
ssl_key = </etc/ssl/private/mail.key

${passdb(host)}
userdb {
  driver = passwd
}

service lmtp {
  unix_listener /var/spool/postfix/private/dovecot-lmtp {
    mode = 0600
    user = postfix
    group = postfix
  }
}

protocol lmtp {
  mail_plugins = sieve
}
`
}
