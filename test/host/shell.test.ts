import { describe, expect, test } from 'vitest'
import { runCommand } from '#host/shell.ts'
import { testBox } from './box.ts'

const files = {
  '/etc/postfix/main.cf': 'compatibility_level = 3.6\nmyhostname = mail.example.com\n',
  '/etc/postfix/master.cf': 'smtp inet n - y - - smtpd\n',
  '/home/alice/notes': 'one\ntwo\nthree\n',
  '/var/mail/alice': 'From bob\n',
  '/var/mail/bob': '',
}

async function sh(command: string, { user = 'root', stdin = '' } = {}) {
  const box = await testBox({ files, addresses: ['192.0.2.10'] })
  const { stdout, stderr, exit } = await runCommand(box, { user, command, stdin })
  return { stdout, stderr, exit, read: (path: string) => box.machine.disk.readText(path) }
}

describe('the shell of a host', () => {
  test.each([
    ['echo  hello   "big  world" \'$x\'', 'hello big  world $x\n'],
    ['cat notes | grep -c o', '2\n'],
    ['head -n 1 notes; tail -1 notes', 'one\nthree\n'],
    ['grep nothing notes || echo none', 'none\n'],
    ['grep -q two notes && echo found', 'found\n'],
    ['grep -q nothing notes; echo $?; echo "$? now"', '1\n0 now\n'],
    ['ls /var/mail/*', '/var/mail/alice\n/var/mail/bob\n'],
    ['cd /var && ls mail; pwd', 'alice\nbob\n/var\n'],
    ['wc -l notes', '3 notes\n'],
    ["sed -n '2p' notes", 'two\n'],
    ['sed s/o/0/g notes', '0ne\ntw0\nthree\n'],
    ['cat < notes | head -1', 'one\n'],
    ['echo ~ $HOME # a comment', '/home/alice /home/alice\n'],
    ['postconf -h myhostname', 'mail.example.com\n'],
    ['/usr/sbin/postconf -h myhostname', 'mail.example.com\n'],
    ['whoami; hostname -s', 'alice\nhost\n'],
    ['date', 'Tue Nov 24 09:17:20 UTC 2026\n'],
    ['id', 'uid=1000(alice) gid=1000(alice) groups=1000(alice)\n'],
    ['cat nothing 2>&1 | wc -l', '1\n'],
    ['printf "a %s\\n" b c', 'a b\na c\n'],
  ])('$ %s', async (command, stdout) => {
    expect(await sh(command, { user: 'alice' })).toMatchObject({ stdout, stderr: '', exit: 0 })
  })

  test('says what it does not know, and goes on', async () => {
    expect(await sh('frobnicate; echo on')).toMatchObject({
      stdout: 'on\n',
      stderr: 'sh: 1: frobnicate: not found\n',
    })
    expect(await sh('frobnicate')).toMatchObject({ exit: 127 })
  })

  test.each([
    ['echo "open', 'sh: 1: Syntax error: Unterminated quoted string\n'],
    ['| cat', 'sh: 1: Syntax error: "|" unexpected\n'],
    ['echo a &&', 'sh: 1: Syntax error: end of file unexpected\n'],
    ['cat < /no/file', 'sh: 1: cannot open /no/file: No such file\n'],
    ['echo x > /no/folder/file', 'sh: 1: cannot create /no/folder/file: Directory nonexistent\n'],
  ])('refuses %s', async (command, stderr) => {
    expect(await sh(command)).toMatchObject({ stdout: '', stderr, exit: 2 })
  })

  test('writes and appends to files of the host', async () => {
    const { read } = await sh(
      'echo root: alice > /etc/aliases; echo b: bob >> /etc/aliases; cat /etc/aliases | tee /tmp.txt',
    )
    expect(await read('/etc/aliases')).toBe('root: alice\nb: bob\n')
    expect(await read('/tmp.txt')).toBe('root: alice\nb: bob\n')
  })

  test('copies, moves and removes files', async () => {
    const { stdout } = await sh(
      'mkdir -p /srv/a; cp /var/mail/alice /srv/a; mv /srv/a/alice /srv/a/b; touch /srv/a/c; ls /srv/a; rm -r /srv; ls -a /srv',
    )
    expect(stdout).toBe('b\nc\n')
  })

  test('never leads outside the tree of the host', async () => {
    expect(await sh('cat ../../../../../../etc/passwd')).toMatchObject({ exit: 1 })
  })

  test('lists files with their mode, size and time', async () => {
    const { stdout } = await sh('ls -l /home/alice')
    expect(stdout).toBe('total 4\n-rw-r--r-- 1 root root 14 Nov 24 09:17 notes\n')
  })
})

describe('dig and host', () => {
  const answers = {
    'example.com MX': {
      code: 'NOERROR',
      records: [{ type: 'MX', name: 'example.com', ttl: 3600, preference: 10, exchange: 'mail.example.com' }],
    },
    'example.com A': { code: 'NOERROR', records: [] },
    '10.2.0.192.in-addr.arpa PTR': {
      code: 'NOERROR',
      records: [{ type: 'PTR', name: '10.2.0.192.in-addr.arpa', ttl: 60, value: 'mail.example.com' }],
    },
  } as const
  const ask = async (command: string) =>
    runCommand(await testBox({ answers }), { user: 'root', command, stdin: '' })

  test('dig +short prints the data alone', async () => {
    expect((await ask('dig +short example.com MX')).stdout).toBe('10 mail.example.com.\n')
    expect((await ask('dig -x 192.0.2.10 +short')).stdout).toBe('mail.example.com.\n')
  })

  test('dig prints header, question and answer', async () => {
    const { stdout } = await ask('dig example.com mx')
    expect(stdout).toContain(';; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4711\n')
    expect(stdout).toContain(
      ';example.com.\t\t\tIN\tMX\n\n;; ANSWER SECTION:\nexample.com.\t\t3600\tIN\tMX\t10 mail.example.com.\n',
    )
    expect((await ask('dig nobody.example')).stdout).toContain('status: NXDOMAIN')
  })

  test('host says it in sentences', async () => {
    expect((await ask('host -t mx example.com')).stdout).toBe(
      'example.com mail is handled by 10 mail.example.com.\n',
    )
    expect(await ask('host nobody.example')).toMatchObject({
      stdout: 'Host nobody.example not found: 3(NXDOMAIN)\n',
      exit: 1,
    })
  })
})
