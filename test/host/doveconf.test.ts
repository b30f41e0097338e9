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
      stdout: '# 2.3.19.1 (9b53102964): bad.conf\n# Pigeonhole version 0.5.19 (4eae2f79)\n',
      // Once by managesieve-login, which it runs to learn of Sieve.
      stderr:
        'doveconf: Fatal: Error in configuration file bad.conf line 3: Unknown setting: nope\n' +
        'doveconf: Error: managesieve-login: dump-capability process returned 89\n' +
        'doveconf: Fatal: Error in configuration file bad.conf line 3: Unknown setting: nope\n',
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

describe('doveconf with a configuration of many kinds', () => {
  const shown = async (text: string, command = 'doveconf -n -c t.conf') => {
    const box = await testBox({ files: { '/root/t.conf': text }, name: 'mail.example.com' })
    const result = await runCommand(box, { user: 'root', command, stdin: '' })
    const own = (lines: string): string =>
      lines
        .split('\n')
        .filter((line) => !/^(?:#|managesieve|$)/.test(line))
        .join('\n')
    return { stdout: own(result.stdout), stderr: result.stderr, exit: result.exit }
  }

  test('prints filters after all else, the wider before the narrower', async () => {
    const { stdout } = await shown(
      'local 192.0.2.1/32 {\n protocol imap {\n mail_debug = y\n }\n}\nremote 10.1.0.0/16 {\n mail_debug = yes\n}\n' +
        'remote 10.0.0.0/8 {\n mail_debug = yes\n}\nprotocol pop3 {\n mail_debug = no\n}\n',
    )
    expect(stdout).toBe(`protocol pop3 {
  mail_debug = no
}
remote 10.0.0.0/8 {
  mail_debug = yes
}
remote 10.1.0.0/16 {
  mail_debug = yes
}
local 192.0.2.1 {
  protocol imap {
    mail_debug = yes
  }
}`)
  })

  test('keeps passwords to itself', async () => {
    const { stdout } = await shown(
      'passdb {\n driver = static\n args = nopassword=y password=secret uid=5\n}\n',
    )
    expect(stdout).toContain('args = nopassword=y password=#hidden_use-P_to_show# uid=5')
  })

  test('names what is obsolete, and reads it in its new form', async () => {
    const { stdout, stderr } = await shown('ssl_disable = yes\nlogin_max_connections = 5\n')
    expect(stdout).toContain('ssl = no')
    expect(stdout).toContain('service pop3-login {\n  client_limit = 5\n}')
    expect(stderr).toContain('Obsolete setting in t.conf:1: ssl_disable has been renamed to ssl\n')
  })

  test('shows the whole before it says that settings do not fit', async () => {
    const { stdout, stderr, exit } = await shown('first_valid_uid = 500\nlast_valid_uid = 5\n')
    expect(stdout).toBe('last_valid_uid = 5')
    expect(stderr).toBe(
      "doveconf: Error: first_valid_uid can't be larger than last_valid_uid\n" +
        "doveconf: Fatal: Error in configuration file t.conf: first_valid_uid can't be larger than last_valid_uid\n",
    )
    expect(exit).toBe(89)
  })

  test.each([
    ['service imap {\n foo = 1\n}\n', 2, 'Unknown setting: service { foo'],
    ['service imap {\n process_limit = many\n}\n', 2, 'Invalid number many: Not a valid number'],
    [
      'protocol imap {\n remote 10.0.0.1 {\n }\n}\n',
      2,
      'protocol { remote { .. } } not allowed (use remote { protocol { .. } } instead)',
    ],
    [
      'remote 10.0.0.0/8 {\n auth_debug = yes\n}\n',
      2,
      'Auth settings not supported inside local/remote blocks: auth_debug',
    ],
    ['imap_idle_notify_interval = 500 ms\n', 1, 'Milliseconds not supported for this setting: 500 ms'],
    ['passdb { driver = pam }\n', 1, "Garbage after '{'"],
  ])('refuses %j at line %i', async (text, line, message) => {
    const { stderr } = await shown(text, 'doveconf -m imap -n -c t.conf')
    expect(stderr).toBe(`doveconf: Fatal: Error in configuration file t.conf line ${line}: ${message}\n`)
  })
})
