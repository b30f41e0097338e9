// doveadm as an operator types it; what it prints is what a real Dovecot 2.3 printed for the same mailboxes.
import { describe, expect, test } from 'vitest'
import { mailBox } from '../mail-box.ts'

const printed = async (command: string, stdin = '') => {
  const { type } = await mailBox()
  const { stdout, stderr, exit } = await type(command, stdin)
  return { text: stdout + stderr, exit }
}

describe('mailboxes', () => {
  test('are listed by name, all or by a mask', async () => {
    const { text } = await printed('doveadm mailbox list -u alice')
    expect(text.split('\n').sort()).toEqual(['', 'INBOX', 'Work'])
    expect(await printed("doveadm mailbox list -u alice 'W*'")).toEqual({ text: 'Work\n', exit: 0 })
  })

  test('tell how full they are', async () => {
    expect(await printed("doveadm mailbox status -u alice 'messages unseen' INBOX")).toEqual({
      text: 'INBOX messages=3 unseen=2\n',
      exit: 0,
    })
    expect(await printed("doveadm mailbox status -u alice -t messages '*'")).toEqual({
      text: 'messages=3\n',
      exit: 0,
    })
  })

  test('are made once, and removed once', async () => {
    const { type } = await mailBox()
    expect(await type('doveadm mailbox create -u alice New')).toEqual({ stdout: '', stderr: '', exit: 0 })
    expect(await type('doveadm mailbox create -u alice New')).toEqual({
      stdout: '',
      stderr: "doveadm(alice): Error: Can't create mailbox New: Mailbox already exists\n",
      exit: 65,
    })
    expect((await type('doveadm mailbox delete -u alice New')).exit).toBe(0)
    expect(await type('doveadm mailbox delete -u alice New')).toEqual({
      stdout: '',
      stderr: "doveadm(alice): Error: Can't delete mailbox New: Mailbox doesn't exist: New\n",
      exit: 68,
    })
  })

  test('belong to somebody', async () => {
    expect(await printed('doveadm mailbox list -u nobody')).toEqual({
      text: "doveadm(nobody): Error: User doesn't exist\n",
      exit: 67,
    })
    expect(await printed('doveadm mailbox list')).toEqual({
      text: 'Fatal: USER environment is missing and -u option not used\n',
      exit: 64,
    })
    expect(await printed('doveadm mailbox status -u alice foo INBOX')).toEqual({
      text: 'Fatal: Unknown status field: foo\n',
      exit: 64,
    })
  })
})

describe('messages', () => {
  test('are fetched one below the other', async () => {
    expect(await printed("doveadm fetch -u alice 'uid flags hdr.subject' mailbox INBOX all")).toEqual({
      text: 'uid: 1\nflags: \\Seen \\Recent\nhdr.subject: Invoice\n\f\nuid: 2\nflags: \\Flagged \\Recent\nhdr.subject: cat\n\f\nuid: 3\nflags: \\Recent\nhdr.subject: third\n',
      exit: 0,
    })
    expect(await printed('doveadm fetch -u alice body mailbox INBOX subject cat')).toEqual({
      text: 'body:\nmeow\n',
      exit: 0,
    })
    expect(await printed('doveadm -f tab fetch -u alice "uid flags" mailbox INBOX unseen')).toEqual({
      text: 'uid\tflags\n2\t\\Flagged \\Recent\n3\t\\Recent\n',
      exit: 0,
    })
  })

  test('are found by what the query says', async () => {
    const uids = async (query: string) => {
      const { text } = await printed(`doveadm search -u alice ${query}`)
      return text.split('\n').flatMap((line) => line.split(' ')[1] ?? [])
    }
    expect(await uids('mailbox INBOX all')).toEqual(['1', '2', '3'])
    expect(await uids('mailbox INBOX unseen not flagged')).toEqual(['3'])
    expect(await uids('mailbox INBOX ( subject cat or from petra )')).toEqual(['1', '2'])
    expect(await uids('mailbox INBOX uid 2:*')).toEqual(['2', '3'])
    expect(await uids('mailbox INBOX sentbefore 2024-02-07 body few')).toEqual(['1'])
    expect(await printed('doveadm search -u alice mailbox INBOX foo')).toEqual({
      text: 'Fatal: Unknown argument FOO\n',
      exit: 75,
    })
  })

  test('change their flags, and go when told so twice over', async () => {
    const { type } = await mailBox()
    await type("doveadm flags add -u alice '\\Answered' mailbox INBOX uid 2")
    await type("doveadm flags remove -u alice '\\Flagged' mailbox INBOX uid 2")
    expect((await type('doveadm fetch -u alice flags mailbox INBOX uid 2')).stdout).toBe(
      'flags: \\Answered \\Recent\n',
    )
    expect((await type('doveadm expunge -u alice all')).stderr).toBe(
      'Fatal: expunge: To avoid accidents, search query must contain MAILBOX in all search branches\n',
    )
    expect((await type('doveadm expunge -u alice mailbox INBOX')).exit).toBe(64)
    await type('doveadm expunge -u alice mailbox INBOX uid 2')
    expect((await type('doveadm fetch -u alice uid mailbox INBOX all')).stdout).toBe('uid: 1\n\f\nuid: 3\n')
    await type('doveadm move -u alice Work mailbox INBOX uid 1')
    expect((await type("doveadm mailbox status -u alice messages '*'")).stdout).toContain('Work messages=1\n')
  })
})

describe('letters in other folders', () => {
  test('change their flags, are moved, and are copied from another place', async () => {
    const { type } = await mailBox()
    await type('doveadm copy -u alice Work mailbox INBOX subject cat')
    expect(await type("doveadm flags add -u alice '\\Answered' subject cat")).toMatchObject({ exit: 0 })
    expect((await type("doveadm fetch -u alice 'mailbox flags' mailbox Work")).stdout).toBe(
      'mailbox: Work\nflags: \\Answered \\Flagged \\Recent\n',
    )
    expect(await type('doveadm move -u alice Nope mailbox Work all')).toMatchObject({
      stderr: "doveadm(alice): Error: Can't open mailbox 'Nope': Mailbox doesn't exist: Nope\n",
      exit: 68,
    })
    await type('doveadm import -u alice maildir:/home/alice/Maildir Old subject cat')
    expect((await type("doveadm mailbox status -u alice messages 'Old*'")).stdout).toBe(
      'Old.Work messages=1\nOld.INBOX messages=1\n',
    )
  })

  test('show their parts, and what a client would be told of them', async () => {
    const { type } = await mailBox()
    expect((await type("doveadm fetch -u alice 'body.text uid imap.envelope' subject cat")).stdout).toBe(
      'body.text:\nmeow\r\nuid: 2\nimap.envelope: "Tue, 06 Feb 2024 11:00:00 +0000" "cat" ' +
        '(("B" NIL "b" "x")) (("B" NIL "b" "x")) (("B" NIL "b" "x")) ((NIL NIL "r" "in.example.test")) ' +
        'NIL NIL NIL "<cat@x>"\n',
    )
    expect((await type("doveadm -f tab fetch -u alice 'uid body' subject cat")).stdout).toBe(
      'uid\tbody\n2\tmeow\n\t\n',
    )
  })
})

describe('a namespace', () => {
  const conf = `mail_location = maildir:~/Maildir
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    auto = subscribe
  }
}
`
  test('gives the separator, and promises mailboxes', async () => {
    const { type } = await mailBox({ files: { '/etc/dovecot/dovecot.conf': conf } })
    await type('doveadm mailbox create -u alice Work/Deep')
    const { stdout } = await type('doveadm mailbox list -u alice')
    expect(stdout.split('\n').sort()).toEqual(['', 'Drafts', 'INBOX', 'Work', 'Work/Deep'])
    expect((await type('doveadm mailbox list -s -u alice')).stdout).toBe('Drafts\n')
    await type('doveadm copy -u alice Drafts mailbox INBOX subject cat')
    expect((await type('doveadm mailbox status -u alice messages Drafts')).stdout).toBe('Drafts messages=1\n')
  })
})

describe('people', () => {
  test('are looked up, and prove who they are', async () => {
    expect(await printed('doveadm user alice')).toEqual({
      text: 'field\tvalue\nuid\t1000\ngid\t1000\nhome\t/home/alice\nmail\tmaildir:~/Maildir\n',
      exit: 0,
    })
    expect(await printed('doveadm user nobody')).toEqual({
      text: "field\tvalue\n\nuserdb lookup: user nobody doesn't exist\n",
      exit: 67,
    })
    expect(await printed('doveadm auth test alice pw')).toEqual({
      text: 'passdb: alice auth succeeded\nextra fields:\n  user=alice\n',
      exit: 0,
    })
    expect(await printed('doveadm auth test alice wrong')).toEqual({
      text: 'passdb: alice auth failed\nextra fields:\n  user=alice\n',
      exit: 77,
    })
  })

  test('have passwords that are kept as hashes', async () => {
    expect(await printed('doveadm pw -s SHA256 -p x')).toEqual({
      text: '{SHA256}LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=\n',
      exit: 0,
    })
    expect(await printed("doveadm pw -t '{PLAIN}x' -p x")).toEqual({ text: '{PLAIN}x (verified)\n', exit: 0 })
    expect((await printed("doveadm pw -t '{PLAIN}x' -p y")).exit).toBe(75)
    const { text } = await printed('doveadm pw -s SSHA -p secret')
    expect(await printed(`doveadm pw -t '${text.trim()}' -p secret`)).toEqual({
      text: `${text.trim()} (verified)\n`,
      exit: 0,
    })
  })

  test('are seen while they are logged in, and can be sent away', async () => {
    const sessions = [
      { user: 'alice', protocol: 'imap', pid: 8909, address: '127.0.0.1' },
      { user: 'alice', protocol: 'imap', pid: 8910, address: '127.0.0.1' },
    ] as const
    const { type, kicked } = await mailBox({ sessions })
    const { stdout } = await type('doveadm who')
    expect(stdout).toContain('username # proto (pids)      (ips)')
    expect(stdout).toContain('alice    2 imap  (8909 8910) (127.0.0.1)')
    expect(await type('doveadm kick bob')).toEqual({ stdout: 'no users kicked\n', stderr: '', exit: 68 })
    expect((await type('doveadm kick alice')).stdout).toBe(
      'alice kicked connections from the following users:\n\n',
    )
    expect(kicked).toHaveLength(2)
  })
})

test('a table is as wide as the real one', async () => {
  const { type } = await mailBox({
    sessions: [{ user: 'alice', protocol: 'imap', pid: 8909, address: '127.0.0.1' }],
  })
  expect((await type('doveadm who')).stdout.split('\n')[1]).toBe(
    'alice    1 imap  (8909) (127.0.0.1)                      ',
  )
})

test('scripts are put, listed and put in force', async () => {
  const { type, box } = await mailBox()
  await type('doveadm sieve put -u alice main', 'keep;\n')
  await type('doveadm sieve activate -u alice main')
  expect((await type('doveadm sieve list -u alice')).stdout).toBe('main ACTIVE\n')
  expect(await box.machine.disk.readlink('/home/alice/.dovecot.sieve')).toBe('sieve/main.sieve')
  expect((await type('doveadm sieve put -u alice bad', 'foo;')).exit).toBe(65)
})

test('a command that nobody knows shows what there is', async () => {
  const { text, exit } = await printed('doveadm mailbox foo')
  expect(exit).toBe(64)
  expect(text).toContain(
    '  list         [-u <user>|-A] [-S <socket_path>] [-7|-8] [-s] [<mailbox mask> [...]]\n',
  )
})
