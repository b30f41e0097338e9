/**
 * The services of Dovecot as they are when nothing is said: how `doveconf -a` and `doveconf service` show them. A line a
 * service: what differs from the common values, then its listeners, each after `>`.
 *
 * doveconf(1); Dovecot 2.3, "Service configuration".
 */
const common: Readonly<Record<string, string>> = {
  chroot: '',
  client_limit: '0',
  drop_priv_before_exec: 'no',
  extra_groups: '',
  group: '',
  idle_kill: '0',
  privileged_group: '',
  process_limit: '0',
  process_min_avail: '0',
  protocol: '',
  service_count: '0',
  type: '',
  user: '$default_internal_user',
  vsz_limit: '18446744073709551615 B',
}

const commonOfListener: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  inet_listener: {
    address: '',
    haproxy: 'no',
    port: '143',
    reuse_port: 'no',
    ssl: 'no',
  },
  fifo_listener: {
    group: '',
    mode: '0600',
    user: '',
  },
  unix_listener: {
    group: '',
    mode: '0600',
    user: '',
  },
}

const written = `
aggregator; chroot=. > fifo_listener replication-notify-fifo > unix_listener replication-notify
anvil; chroot=empty; idle_kill=4294967295 secs; process_limit=1; process_min_avail=1; type=anvil > unix_listener anvil-auth-penalty > unix_listener anvil
auth-worker; client_limit=1; type=worker; user=; executable=auth -w > unix_listener auth-worker; user=$default_internal_user
auth; process_limit=1 > unix_listener auth-client; user=$default_internal_user > unix_listener auth-login; user=$default_internal_user > unix_listener auth-master > unix_listener auth-userdb; mode=0666; user=$default_internal_user > unix_listener login/login; mode=0666 > unix_listener token-login/tokenlogin; mode=0666
config; idle_kill=4294967295 secs; type=config; user= > unix_listener config
dict-async; executable=dict > unix_listener dict-async; group=$default_internal_group; mode=0660
dict; client_limit=1 > unix_listener dict; group=$default_internal_group; mode=0660
director; chroot=.; idle_kill=4294967295 secs; process_limit=1 > fifo_listener login/proxy-notify; mode=00 > unix_listener director-admin > unix_listener login/director; mode=00
dns-client; client_limit=1 > unix_listener dns-client; mode=0666 > unix_listener login/dns-client; mode=0666
doveadm; client_limit=1; extra_groups=$default_internal_group; service_count=1; user=; executable=doveadm-server > unix_listener doveadm-server
health-check; client_limit=1; drop_priv_before_exec=yes; executable=script -p health-check.sh
imap-hibernate; protocol=imap > unix_listener imap-hibernate; group=$default_internal_group; mode=0660
imap-login; chroot=login; protocol=imap; service_count=1; type=login; user=$default_login_user > inet_listener imap > inet_listener imaps; port=993; ssl=yes
imap-urlauth-login; chroot=token-login; protocol=imap; service_count=1; type=login; user=$default_login_user > unix_listener imap-urlauth; mode=0666
imap-urlauth-worker; client_limit=1; extra_groups=$default_internal_group; process_limit=1024; protocol=imap; service_count=1; user= > unix_listener imap-urlauth-worker; user=$default_internal_user
imap-urlauth; client_limit=1; process_limit=1024; protocol=imap; service_count=1 > unix_listener token-login/imap-urlauth; mode=0666
imap; client_limit=1; extra_groups=$default_internal_group; process_limit=1024; protocol=imap; service_count=1; user= > unix_listener imap-master > unix_listener login/imap; mode=0666
indexer-worker; client_limit=1; extra_groups=$default_internal_group; process_limit=10; type=worker; user= > unix_listener indexer-worker; user=$default_internal_user
indexer; process_limit=1 > unix_listener indexer; mode=0666
ipc; chroot=empty; process_limit=1 > unix_listener ipc; user=$default_internal_user > unix_listener login/ipc-proxy; user=$default_login_user
lmtp; client_limit=1; extra_groups=$default_internal_group; protocol=lmtp; user= > unix_listener lmtp; mode=0666
log; idle_kill=4294967295 secs; process_limit=1; type=log; user= > unix_listener log-errors
managesieve-login; chroot=login; protocol=sieve; service_count=1; type=login; user=$default_login_user > inet_listener sieve; port=4190
managesieve; client_limit=1; protocol=sieve; service_count=1; user= > unix_listener login/sieve; mode=0666
old-stats; chroot=empty; idle_kill=4294967295 secs; process_limit=1 > fifo_listener old-stats-mail > fifo_listener old-stats-user > unix_listener old-stats
pop3-login; chroot=login; protocol=pop3; service_count=1; type=login; user=$default_login_user > inet_listener pop3; port=110 > inet_listener pop3s; port=995; ssl=yes
pop3; client_limit=1; extra_groups=$default_internal_group; process_limit=1024; protocol=pop3; service_count=1; user= > unix_listener login/pop3; mode=0666
replicator; idle_kill=4294967295 secs; process_limit=1; user= > unix_listener replicator-doveadm; mode=00; user=$default_internal_user > unix_listener replicator; user=$default_internal_user
stats; idle_kill=4294967295 secs; process_limit=1 > unix_listener login/stats-writer; user=$default_login_user > unix_listener stats-reader > unix_listener stats-writer; group=$default_internal_group; mode=0660
submission-login; chroot=login; protocol=submission; service_count=1; type=login; user=$default_login_user > inet_listener submission; port=587
submission; client_limit=1; extra_groups=$default_internal_group; process_limit=1024; protocol=submission; service_count=1; user= > unix_listener login/submission; mode=0666
tcpwrap; client_limit=1
`

export type DefaultService = {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  readonly listeners: readonly {
    readonly type: string
    readonly name: string
    readonly settings: Readonly<Record<string, string>>
  }[]
}

export const defaultServices: readonly DefaultService[] = written
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const [own = '', ...listeners] = line.split(' > ')
    const [name = '', ...settings] = own.split('; ')
    return {
      name,
      settings: { ...common, executable: name, ...pairs(settings) },
      listeners: listeners.map((listener) => {
        const [title = '', ...inner] = listener.split('; ')
        const [type = '', of = ''] = title.split(' ')
        return { type, name: of, settings: { ...commonOfListener[type], ...pairs(inner) } }
      }),
    }
  })

/** What a listener has when a service of one's own making names it. */
export const listenerDefaults = (type: string): Readonly<Record<string, string>> =>
  commonOfListener[type] ?? {}

function pairs(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  )
}
