/**
 * A real Postfix in name spaces of its own (mounts, network, processes), laid out at the usual paths: /etc/postfix,
 * /home and the queue are memory that nobody outside sees, and everything ends with the process that runs this.
 */
import { execFile, execFileSync, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { createServer, type Server } from 'node:net'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { createMachine } from '#engine/lab/machine.ts'
import { createPeer } from '#host/peer/peer.ts'
import { createClock } from '#platform/memory/clock.ts'
import { memoryDisk } from '#platform/memory/disk.ts'
import { createNetwork } from '#platform/memory/network.ts'
import { createRandom } from '#platform/memory/random.ts'
import { createResolver } from '#platform/memory/resolver.ts'
import type { Disk } from '#platform/disk.ts'
import type { Connection } from '#platform/net.ts'
import { serveDns } from '#platform/node/dns-server.ts'
import { emptyZone, parseZone } from '#platform/zone.ts'
import type { SmtpCase } from '../smtp-case.ts'
import { labOf, type CaseLab, type Observed } from '../smtp-world.ts'

export type PrivatePostfix = Observed & {
  readonly address: string
  readonly port: number
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const memory = ['/etc/postfix', '/home', '/var/spool/postfix', '/var/lib/postfix', '/var/log']
const kept = ['/etc/postfix/dynamicmaps.cf', '/etc/postfix/dynamicmaps.cf.d']
/** Covered with memory, too; what lies there matters to nobody inside. */
const hidden = '/mnt'

const run = (command: string, ...words: readonly string[]): string =>
  execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** For programs that ask our name server. */
const program = promisify(execFile)

const quietly = (command: string, ...words: readonly string[]): void => {
  try {
    run(command, ...words)
  } catch {
    // What a tool complains of, Postfix will find out by itself.
  }
}

/** Once for each process: nothing may be mounted outside of name spaces of our own. */
export function enterPrivateHouse(): void {
  if (fs.readFileSync('/proc/1/comm', 'utf8').trim() !== 'node' || process.pid !== 1)
    throw new Error('not in name spaces of its own')
  run('mount', '--make-rprivate', '/')
  run('ip', 'link', 'set', 'lo', 'up')
  run('mount', '-t', 'tmpfs', 'tmpfs', hidden)
  for (const path of kept) if (fs.existsSync(path)) fs.cpSync(path, hidden + path, { recursive: true })
}

export async function startPostfix(recorded: SmtpCase): Promise<PrivatePostfix> {
  const lab = labOf(recorded)
  const undo: (() => unknown)[] = []
  const stop = async () => {
    for (const step of undo.reverse()) await step()
  }
  try {
    const mounted = [...memory]
    for (const path of mounted) {
      run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', path)
      undo.push(() => quietly('umount', '-l', path))
    }
    layOut(recorded, lab, undo)
    const { zone, problems } = parseZone(lab.zone)
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '))
    const dns = await serveDns({ zone: () => zone, listenOn: '127.0.0.1', port: 53 })
    undo.push(() => dns.close())
    await compileTables(fs.readFileSync('/etc/postfix/main.cf', 'utf8'))
    const peers = new Map<string, Disk>()
    for (const { name, address, script } of lab.peers) {
      const { disk, server } = await servePeer(name, address, script)
      peers.set(name, disk)
      undo.push(() => server.close())
    }
    const master = spawn('/usr/lib/postfix/sbin/master', ['-d'], {
      stdio: 'ignore',
      cwd: '/var/spool/postfix',
    })
    const gone = new Promise<void>((resolve) => master.once('exit', () => resolve()))
    undo.push(async () => {
      endOthers()
      await gone
    })
    await answers(gone)
    return {
      address: '127.0.0.1',
      port: 25,
      disk: (name) => (name === recorded.hostname ? realDisk : (peers.get(name) ?? null)),
      run: async (_host, { command }) => ({ ...(await program('/bin/sh', ['-c', command])), exit: 0 }),
      settled,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function layOut(recorded: SmtpCase, lab: CaseLab, undo: (() => unknown)[]): void {
  for (const path of kept)
    if (fs.existsSync(hidden + path)) fs.cpSync(hidden + path, path, { recursive: true })
  const postfix = Number(run('id', '-u', 'postfix'))
  const postdrop = Number(run('getent', 'group', 'postdrop').split(':')[2])
  fs.chownSync('/var/lib/postfix', postfix, -1)
  const queue = '/var/spool/postfix'
  for (const name of 'active bounce corrupt defer deferred flush hold incoming private saved trace'.split(
    ' ',
  )) {
    fs.mkdirSync(`${queue}/${name}`, { mode: 0o700 })
    fs.chownSync(`${queue}/${name}`, postfix, -1)
  }
  for (const [name, mode] of [
    ['maildrop', 0o730],
    ['public', 0o710],
  ] as const) {
    fs.mkdirSync(`${queue}/${name}`)
    fs.chownSync(`${queue}/${name}`, postfix, postdrop)
    fs.chmodSync(`${queue}/${name}`, mode)
  }
  fs.mkdirSync(`${queue}/pid`)

  const users = Object.keys(recorded.accounts)
  const others = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !users.includes(line.split(':')[0] ?? ''))
  const own = users.map((user, i) => {
    const uid = 3001 + i
    fs.mkdirSync(`/home/${user}`)
    fs.chownSync(`/home/${user}`, uid, uid)
    return `${user}:x:${uid}:${uid}:${user}:/home/${user}:/bin/sh`
  })
  const { files } = lab.server
  const system = {
    '/etc/passwd': [...others, ...own, ''].join('\n'),
    '/etc/hosts': files['etc/hosts'] ?? '',
    '/etc/resolv.conf': 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n',
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\naliases: files\n',
  }
  for (const [path, text] of Object.entries(system)) {
    const real = fs.realpathSync(path)
    const own = `${hidden}/${path.replaceAll('/', '-')}`
    fs.writeFileSync(own, text)
    run('mount', '--bind', own, real)
    undo.push(() => quietly('umount', '-l', real))
  }
  for (const [path, text] of Object.entries(files)) {
    if (path === 'etc/hosts') continue
    fs.mkdirSync(dirname(`/${path}`), { recursive: true })
    write(`/${path}`, text)
    const [, user] = /^home\/([^/]+)\//.exec(path) ?? []
    if (user === undefined) continue
    const uid = 3001 + users.indexOf(user)
    for (let at = path; at !== `home/${user}`; at = dirname(at)) fs.chownSync(`/${at}`, uid, uid)
  }
  fs.chmodSync('/etc/postfix/files', 0o777)
  fs.mkdirSync('/etc/postfix/vmail')
  fs.chownSync('/etc/postfix/vmail', 5000, 5000)
  let main = files['etc/postfix/main.cf'] ?? ''
  if (main.includes('smtpd_tls')) main += certificate(recorded.hostname)
  if (main.includes('smtpd_sasl')) cyrus(recorded, main)
  write('/etc/postfix/main.cf', `${main}maillog_file = /var/log/mail.log\n`)
  write('/etc/postfix/master.cf', masterCf)
}

/** Postfix reads a file again and again while it is so young that it may still be being written. */
function write(path: string, text: string): void {
  fs.writeFileSync(path, text)
  const before = new Date(Date.now() - 60_000)
  fs.utimesSync(path, before, before)
}

function certificate(hostname: string): string {
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=${hostname}`
  quietly('openssl', ...words.split(' '), '-keyout', '/etc/postfix/key.pem', '-out', '/etc/postfix/cert.pem')
  return 'smtpd_tls_cert_file = /etc/postfix/cert.pem\nsmtpd_tls_key_file = /etc/postfix/key.pem\n'
}

/** Cyrus SASL with a file of passwords: as the lab has it. */
function cyrus(recorded: SmtpCase, main: string): void {
  const mechanisms = recorded.sasl_mechanisms ?? 'PLAIN LOGIN CRAM-MD5 DIGEST-MD5'
  fs.mkdirSync('/etc/postfix/sasl', { recursive: true })
  const conf = `pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: /etc/postfix/sasldb2\nmech_list: ${mechanisms}\n`
  fs.writeFileSync('/etc/postfix/sasl/smtpd.conf', conf)
  const [, local] = /^smtpd_sasl_local_domain *= *(\S+)/m.exec(main) ?? []
  const realm = (local ?? recorded.hostname).replace('$myhostname', recorded.hostname)
  for (const [user, password] of Object.entries(recorded.accounts)) {
    execFileSync('saslpasswd2', ['-p', '-c', '-f', '/etc/postfix/sasldb2', '-u', realm, user], {
      input: password,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
  }
  if (fs.existsSync('/etc/postfix/sasldb2')) run('chown', 'postfix', '/etc/postfix/sasldb2')
}

async function compileTables(main: string): Promise<void> {
  const done = new Set<string>()
  for (const line of main.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const tool = /^alias_/.test(line) ? 'postalias' : 'postmap'
    for (const [, type = '', name = ''] of line.matchAll(
      /\b(hash|btree):(?:\$config_directory|\/etc\/postfix)\/([\w.-]+)/g,
    )) {
      const path = `/etc/postfix/${name}`
      if (done.has(path) || !fs.existsSync(path)) continue
      done.add(path)
      await program(tool, [`${type}:${path}`]).catch(() => undefined)
    }
  }
}

async function servePeer(
  name: string,
  address: string,
  script: object,
): Promise<{ disk: Disk; server: Server }> {
  const clock = createClock({ source: 'real' })
  const disk = memoryDisk({ now: () => clock.now() })
  let count = 0
  const machine = createMachine({
    name,
    addresses: [address],
    clock,
    disk,
    net: createNetwork({ clock, hosts: [{ name, addresses: [address] }] }).host(name),
    resolver: createResolver({ zone: () => emptyZone, hostsFile: () => Promise.resolve('') }),
    random: createRandom(1),
    emit: () => undefined,
    next: () => ++count,
  })
  const peer = createPeer(machine, script)
  const server = createServer((socket) => {
    const local = { host: name, address, port: 25 }
    const remote = { host: null, address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
    peer.accept(Object.assign(socket, { id: `peer-${++count}`, local, remote }) as unknown as Connection)
  })
  await new Promise<void>((resolve) => server.listen(25, address, resolve))
  return { disk, server }
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/** Resolves when somebody listens on port 25; rejects when Postfix ended instead. A connection would be in the log. */
async function answers(gone: Promise<void>): Promise<void> {
  const over = gone.then(() => 'ended' as const)
  for (let i = 0; i < 150; i++) {
    if ((await Promise.race([over, pause(20)])) === 'ended') break
    if (/ 0100007F:0019 00000000:0000 0A /.test(realText('/proc/net/tcp'))) return
  }
  throw new Error(`Postfix did not start: ${realText('/var/log/mail.log')}`)
}

/** In these name spaces every process but ourselves is of Postfix, and nothing of it has to outlive the case. */
function endOthers(): void {
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    try {
      process.kill(Number(name), 'SIGKILL')
    } catch {
      // It has gone by itself.
    }
  }
}

async function settled(): Promise<void> {
  const count = (folder: string) =>
    fs
      .readdirSync(`/var/spool/postfix/${folder}`, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile()).length
  for (let quiet = 0, waited = 0; quiet < 5 && waited < 25_000; waited += 50) {
    quiet = ['active', 'incoming', 'maildrop'].every((folder) => count(folder) === 0) ? quiet + 1 : 0
    await pause(50)
  }
}

const realText = (path: string): string => {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const realDisk: Pick<Disk, 'stat' | 'list' | 'read' | 'readText'> = {
  read: async (path) => new Uint8Array(fs.readFileSync(path)),
  readText: async (path) => realText(path),
  list: async (path) => fs.readdirSync(path),
  stat: async (path) => {
    const found = fs.statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return null
    return {
      kind: found.isDirectory() ? 'folder' : 'file',
      size: found.size,
      mode: found.mode,
      modified: found.mtimeMs,
      changed: found.ctimeMs,
      inode: found.ino,
      links: found.nlink,
    }
  },
}

const masterCf = `127.0.0.1:25 inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
