/** A real Dovecot of its own: loopback, free ports, a folder that is removed with it. Debian: dovecot-imapd, dovecot-pop3d, dovecot-lmtpd. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { installed } from './installed.ts'

export type DovecotService = 'imap' | 'pop3' | 'lmtp'

export type Dovecot = {
  readonly pid: number
  readonly ports: Readonly<Record<DovecotService, number>>
  /** What it has logged so far. */
  log(): string
  stop(): Promise<void>
}

export type DovecotOptions = {
  /** Its run files, its log and its settings go here. */
  readonly folder: string
  /** `%n` is the user. */
  readonly mailLocation: string
  readonly home: string
  readonly services?: readonly DovecotService[]
  readonly settings?: string
}

/** Whom Dovecot takes itself for, and what starts it. It touches no mail of root's, so root is nobody to it. */
const nobody = { uid: 65534, gid: 65534, user: 'nobody', group: 'nogroup' }
const asNobody = ['unshare', '--user', `--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`]

function whoRuns(): { readonly start: readonly string[]; readonly owner: typeof nobody } {
  const { uid, gid, username } = userInfo()
  if (uid === 0) return { start: asNobody, owner: nobody }
  const group = execFileSync('id', ['--group', '--name'], { encoding: 'utf8' }).trim()
  return { start: [], owner: { uid, gid, user: username, group } }
}

/** Null, or why there is no Dovecot to compare with. */
export function noDovecot(services: readonly DovecotService[] = ['imap']): string | null {
  process.env.PATH = `${process.env.PATH}:/usr/sbin:/sbin`
  if (!installed('dovecot')) return 'no dovecot here (Debian: apt-get install dovecot-imapd dovecot-pop3d)'
  const missing = services.find((service) => !existsSync(`/usr/lib/dovecot/${service}`))
  if (missing !== undefined)
    return `no /usr/lib/dovecot/${missing} here (Debian: apt-get install dovecot-${missing}d)`
  const [program, ...words] = [...whoRuns().start, 'true'] as const
  return spawnSync(program, words).status === 0
    ? null
    : 'no user namespaces here, and Dovecot is not for root'
}

export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  const { folder, services = ['imap', 'pop3'] } = options
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const ports = { imap: await freePort(), pop3: await freePort(), lmtp: await freePort() }
  const settings = join(folder, 'dovecot.conf')
  const log = join(folder, 'log')
  writeFileSync(settings, configuration(options, ports, services))
  writeFileSync(log, '')
  const [program, ...words] = [...whoRuns().start, 'dovecot', '-F', '-c', settings]
  const child = spawn(program, words, { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve())
    child.on('error', () => resolve())
  })
  const read = () => readFileSync(log, 'utf8')
  for (let i = 0; !read().includes('starting up'); i++) {
    if (i > 200 || child.exitCode !== null) throw new Error(`Dovecot does not start: ${read()}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return {
    pid: child.pid ?? 0,
    ports,
    log: read,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function configuration(
  { folder, mailLocation, home, settings = '' }: DovecotOptions,
  ports: Dovecot['ports'],
  services: readonly DovecotService[],
): string {
  const { uid, gid, user, group } = whoRuns().owner
  return `base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = ${services.join(' ')}
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = ${user}
default_login_user = ${user}
default_internal_group = ${group}
auth_failure_delay = 0
mail_location = ${mailLocation}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${home} allow_all_users=yes
}
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  inet_listener pop3 {
    port = ${ports.pop3}
  }
  inet_listener pop3s {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
${['anvil', 'imap-login', 'pop3-login', 'stats'].map((name) => `service ${name} {\n  chroot =\n}`).join('\n')}
${settings}
`
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
