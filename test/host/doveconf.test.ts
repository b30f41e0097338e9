import { describe, expect, test } from 'vitest'
import { runCommand } from '#host/shell.ts'
import { testBox } from './box.ts'

const files = {
  '/etc/dovecot/dovecot.conf':
    'mail_max_userip_connections = 10\nauth_cache_size = 1M\n!include conf.d/*.conf\n',
  '/etc/dovecot/conf.d/10-mail.conf': 'mail_location = maildir:~/Maildir\nimap_idle_notify_interval = 90s\n',
  '/etc/dovecot/conf.d/20-imap.conf': 'protocol imap {\n  mail_plugins = $mail_plugins quota\n}\n',
  '/etc/dovecot/conf.d/auth.conf':
    'passdb {\n  driver = pam\n  skip = never\n}\nssl_key = </etc/ssl/private/mail.key\n',
  '/root/late.conf': 'protocol imap {\n  mail_plugins = x\n}\nmail_plugins = y\n',
  '/root/bad.conf': 'ssl = no\nprotocol imap {\n  nope = 1\n}\n',
}

const run = async (command: string) =>
  runCommand(await testBox({ files, name: 'mail.example.com' }), { user: 'root', command, stdin: '' })

describe('doveconf', () => {
  test('-n prints what differs from the defaults, in its usual form', async () => {
    const { stdout } = await run('doveconf -n | grep -v -e ^# -e ^managesieve')
    expect(stdout).toBe(`auth_cache_size = 1 M
imap_idle_notify_interval = 90 secs
mail_location = maildir:~/Maildir
passdb {
  driver = pam
}
ssl_key = # hidden, use -P to show it
protocol imap {
  mail_plugins = " quota"
}
`)
  })

  test('prints one setting, or its value alone, as a protocol sees it', async () => {
    expect((await run('doveconf mail_location listen')).stdout).toBe(
      'mail_location = maildir:~/Maildir\nlisten = *, ::\n',
    )
    expect((await run('doveconf -h -f protocol=imap mail_plugins')).stdout).toBe(' quota\n')
  })

  test('says where the configuration is wrong', async () => {
    expect(await run('doveconf -n -c bad.conf')).toEqual({
      stdout: '',
      stderr: 'doveconf: Fatal: Error in configuration file /root/bad.conf line 3: Unknown setting: nope\n',
      exit: 89,
    })
    expect(await run('doveconf -n -c none.conf')).toMatchObject({
      stderr: 'doveconf: Fatal: open(none.conf) failed: No such file or directory\n',
    })
  })

  test('warns of a setting that comes too late for a section above it', async () => {
    const warning =
      "doveconf: Warning: late.conf line 4: Global setting mail_plugins won't change the setting inside an " +
      'earlier filter at late.conf line 2 (if this is intentional, avoid this warning by moving the global ' +
      'setting before late.conf line 2)\n'
    const { stdout, stderr } = await run('doveconf -m imap -c late.conf mail_plugins')
    expect(stdout).toBe('mail_plugins = y\n')
    expect(stderr.replaceAll('/root/', '')).toBe(warning)
  })

  test('-a shows the services of Dovecot, too', async () => {
    const { stdout } = await run('doveconf -a')
    expect(stdout).toContain('service imap-login {\n  chroot = login\n')
    expect(stdout).toContain('  inet_listener pop3s {\n')
  })
})
