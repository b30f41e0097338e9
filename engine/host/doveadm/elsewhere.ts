/**
 * What doveadm has and a lab has no use for, by name and usage: replication, directors, dictionaries, other formats.
 * They are told of as the real one tells of them.
 *
 * doveadm(1), usage.
 */
export const elsewhere: readonly { readonly name: string; readonly usage: string }[] = [
  {
    name: 'backup',
    usage:
      '[-fPRU] [-l <secs>] [-r <rawlog path>] [-m <mailbox>] [-g <mailbox guid>] [-n <namespace> | -N] [-x <exclude>] [-a <all mailbox>] [-s <state>] [-T <secs>] [-t <start date>] [-e <end date>] [-O <sync flag>] [-I <max size>] -d|<dest>',
  },
  { name: 'batch', usage: '<sep> <cmd1> [<sep> <cmd2> [..]]' },
  { name: 'config', usage: '[doveconf parameters]' },
  { name: 'dict get', usage: '[-u <user>] <dict uri> <key>' },
  { name: 'dict inc', usage: '[-u <user>] <dict uri> <key> <diff>' },
  { name: 'dict iter', usage: '[-u <user>] [-1RV] <dict uri> <prefix>' },
  { name: 'dict set', usage: '[-u <user>] <dict uri> <key> <value>' },
  { name: 'dict unset', usage: '[-u <user>] <dict uri> <key>' },
  { name: 'director add', usage: '[-a <director socket path>] [-t <tag>] <host> [<vhost count>]' },
  { name: 'director down', usage: '[-a <director socket path>] <host>' },
  { name: 'director dump', usage: '[-a <director socket path>]' },
  { name: 'director flush', usage: '[-a <director socket path>] [-F] [--max-parallel <n>] <host>|all' },
  { name: 'director kick', usage: '[-a <director socket path>] [-f <passdb field>] <user>' },
  { name: 'director map', usage: '[-a <director socket path>] [-f <users file>] [-h | -u] [<host>]' },
  { name: 'director move', usage: '[-a <director socket path>] <user> <host>' },
  { name: 'director remove', usage: '[-a <director socket path>] <host>' },
  { name: 'director ring', usage: 'add|remove|status' },
  { name: 'director status', usage: '[-a <director socket path>] [<user>] [<tag>]' },
  { name: 'director up', usage: '[-a <director socket path>] <host>' },
  { name: 'director update', usage: '[-a <director socket path>] <host> <vhost count>' },
  { name: 'dsync-server', usage: '[-E] [-r <rawlog path>] [-T <timeout secs>] [-U]' },
  { name: 'exec', usage: '<binary> [binary parameters]' },
  { name: 'fs copy', usage: '<fs-driver> <fs-args> <source path> <dest path>' },
  { name: 'fs delete', usage: '[-R] [-n <count>] <fs-driver> <fs-args> <path> [<path> ...]' },
  { name: 'fs get', usage: '<fs-driver> <fs-args> <path>' },
  { name: 'fs iter', usage: '[--no-cache] [--object-ids] <fs-driver> <fs-args> <path>' },
  { name: 'fs iter-dirs', usage: '<fs-driver> <fs-args> <path>' },
  { name: 'fs metadata', usage: '<fs-driver> <fs-args> <path>' },
  { name: 'fs put', usage: '[-h <hash>] <fs-driver> <fs-args> <input path> <path>' },
  { name: 'fs stat', usage: '<fs-driver> <fs-args> <path>' },
  { name: 'help', usage: '[<cmd>]' },
  { name: 'instance list', usage: '[-c] [<name>]' },
  { name: 'instance remove', usage: '<name> | <base dir>' },
  { name: 'oldstats dump', usage: '[-s <stats socket path>] <type> [<filter>]' },
  { name: 'oldstats reset', usage: '[-s <stats socket path>]' },
  { name: 'oldstats top', usage: '[-s <stats socket path>] [-b] [<sort field>]' },
  { name: 'process status', usage: '[<service> [...]]' },
  { name: 'rebuild attachments', usage: '[-u <user>|-A] [-S <socket_path>] <search query>' },
  { name: 'replicator add', usage: '[-a <replicator socket path>] <user mask>' },
  { name: 'replicator dsync-status', usage: '[-a <replicator socket path>]' },
  { name: 'replicator remove', usage: '[-a <replicator socket path>] <username>' },
  { name: 'replicator replicate', usage: '[-a <replicator socket path>] [-f] [-p <priority>] <user mask>' },
  { name: 'replicator status', usage: '[-a <replicator socket path>] [<user mask>]' },
  { name: 'service status', usage: '[<service> [...]]' },
  { name: 'service stop', usage: '<service> [<service> [...]]' },
  { name: 'sis deduplicate', usage: '<root dir> <queue dir>' },
  { name: 'sis find', usage: '<root dir> <hash>' },
  {
    name: 'stats add',
    usage:
      '[--description <string>] [--exporter <name> [--exporter-include <fields>]] [--fields <fields>] [--group-by <fields>] <name> <filter>',
  },
  {
    name: 'sync',
    usage:
      '[-1fPRU] [-l <secs>] [-r <rawlog path>] [-m <mailbox>] [-g <mailbox guid>] [-n <namespace> | -N] [-x <exclude>] [-a <all mailbox>] [-s <state>] [-T <secs>] [-t <start date>] [-e <end date>] [-O <sync flag>] [-I <max size>] -d|<dest>',
  },
  { name: 'zlibconnect', usage: '<host> [<port>]' },
  { name: 'mailbox cache decision', usage: '' },
  { name: 'mailbox cache purge', usage: '' },
  { name: 'mailbox cache remove', usage: '' },
  { name: 'mailbox metadata get', usage: '' },
  {
    name: 'mailbox metadata list',
    usage: '[-u <user>|-A] [-S <socket_path>] [-7|-8] [-s] [<mailbox mask> [...]]',
  },
  { name: 'mailbox metadata set', usage: '' },
  { name: 'mailbox metadata unset', usage: '' },
  {
    name: 'mailbox update',
    usage:
      '[-u <user>|-A] [-S <socket_path>] [--mailbox-guid guid] [--uid-validity uid] [--min-next-uid uid] [--min-first-recent-uid uid] [--min-highest-modseq seq] [--min-highest-pvt-modseq seq] <mailbox>',
  },
]
