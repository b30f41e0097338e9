/** What every disk of a lab host must do, whatever it is made of. */
import { describe, expect, it } from 'vitest'
import type { Disk, DiskErrorCode } from '#platform/disk.ts'

export function diskContract(name: string, open: () => Promise<Disk>): void {
  const refuses = (code: DiskErrorCode) => ({ name: 'Error', code })

  describe(name, () => {
    it('rewrites a mbox in its place, larger and smaller, also for who knows it by another name', async () => {
      const disk = await open()
      await disk.apply([
        { kind: 'write', path: '/mbox', bytes: 'From a\n' },
        { kind: 'link', from: '/mbox', to: '/open' },
      ])
      const before = await disk.stat('/mbox')
      for (const bytes of ['From a\nStatus: RO\n', 'From b\n', '']) {
        await disk.commit([{ kind: 'write', path: '/mbox', bytes, inPlace: true }])
        expect(await disk.readText('/open')).toBe(bytes)
      }
      expect((await disk.stat('/mbox'))?.inode).toBe(before?.inode)
    })

    it('keeps a letter, and says how large it is and when it came', async () => {
      const disk = await open()
      await disk.apply([
        {
          kind: 'write',
          path: '/home/alice/Maildir/new/1.M1',
          bytes: 'Hello',
          mode: 0o600,
          modified: 1_000_000,
        },
      ])
      expect(await disk.readText('/home/alice/Maildir/new/1.M1')).toBe('Hello')
      expect(await disk.stat('/home/alice/Maildir/new/1.M1')).toMatchObject({
        kind: 'file',
        size: 5,
        mode: 0o600,
        modified: 1_000_000,
        links: 1,
      })
      expect(await disk.list('/home/alice/Maildir')).toEqual(['new'])
      expect(await disk.stat('/home/bob')).toBeNull()
      expect(await disk.stat('/home/alice/Maildir/new/1.M1/x')).toBeNull()
    })

    it('reads a part of a file, and never more than there is', async () => {
      const disk = await open()
      await disk.apply([{ kind: 'write', path: '/mbox', bytes: 'From alice\n' }])
      const text = async (start: number, end: number) =>
        new TextDecoder().decode(await disk.read('/mbox', { start, end }))
      expect(await text(5, 10)).toBe('alice')
      expect(await text(5, 100)).toBe('alice\n')
      expect(await text(50, 100)).toBe('')
    })

    it('moves a letter from new to cur: the same file under another name', async () => {
      const disk = await open()
      await disk.commit([
        { kind: 'write', path: '/new/1', bytes: 'x' },
        { kind: 'mkdir', path: '/cur' },
      ])
      const before = await disk.stat('/new/1')
      await disk.apply([{ kind: 'rename', from: '/new/1', to: '/cur/1:2,S' }])
      expect((await disk.stat('/cur/1:2,S'))?.inode).toBe(before?.inode)
      expect(await disk.list('/new')).toEqual([])
    })

    it('delivers as Maildir asks: tmp, a link in new, tmp gone, in one commit', async () => {
      const disk = await open()
      await disk.apply([{ kind: 'mkdir', path: '/new' }])
      await disk.commit([
        { kind: 'write', path: '/tmp/1', bytes: 'x', exclusive: true },
        { kind: 'link', from: '/tmp/1', to: '/new/1' },
        { kind: 'remove', path: '/tmp/1' },
      ])
      expect(await disk.list('/tmp')).toEqual([])
      expect(await disk.stat('/new/1')).toMatchObject({ size: 1, links: 1 })
    })

    it('refuses a name that is taken, and then does nothing of the commit', async () => {
      const disk = await open()
      await disk.commit([{ kind: 'write', path: '/a', bytes: 'first' }])
      await expect(
        disk.commit([
          { kind: 'write', path: '/b', bytes: 'x' },
          { kind: 'append', path: '/a', bytes: 'x' },
          { kind: 'remove', path: '/c' },
          { kind: 'write', path: '/a', bytes: 'second', exclusive: true },
        ]),
      ).rejects.toMatchObject(refuses('EEXIST'))
      expect(await disk.readText('/a')).toBe('first')
      expect(await disk.stat('/b')).toBeNull()
    })

    it('lets one of many win who want the same name at once', async () => {
      const disk = await open()
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          disk.commit([{ kind: 'write', path: '/lock', bytes: String(i), exclusive: true }]),
        ),
      )
      const winners = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [i] : []))
      expect(winners).toHaveLength(1)
      expect(await disk.readText('/lock')).toBe(String(winners[0]))
    })

    it('appends in the order in which it was asked', async () => {
      const disk = await open()
      await Promise.all([
        disk.commit([{ kind: 'append', path: '/log', bytes: 'a' }]),
        disk.commit([
          { kind: 'append', path: '/log', bytes: 'b' },
          { kind: 'append', path: '/log', bytes: 'c' },
        ]),
        disk.apply([{ kind: 'append', path: '/log', bytes: 'd' }]),
      ])
      expect(await disk.readText('/log')).toBe('abcd')
    })

    it('replaces a file as a whole, keeps its mode, and a reader of the old one is not disturbed', async () => {
      const disk = await open()
      await disk.apply([{ kind: 'write', path: '/etc/aliases', bytes: 'old', mode: 0o640 }])
      const old = await disk.read('/etc/aliases')
      await disk.apply([{ kind: 'write', path: '/etc/aliases', bytes: 'new' }])
      expect(new TextDecoder().decode(old)).toBe('old')
      expect(await disk.readText('/etc/aliases')).toBe('new')
      expect((await disk.stat('/etc/aliases'))?.mode).toBe(0o640)
    })

    it('follows a link within the host, and never out of it', async () => {
      const disk = await open()
      await disk.apply([
        { kind: 'write', path: '/etc/postfix/main.cf', bytes: 'myhostname = mail.example.com\n' },
        { kind: 'symlink', path: '/cf', target: '/etc/postfix' },
        { kind: 'symlink', path: '/etc/up', target: '../../../../../../../../etc/postfix/main.cf' },
        { kind: 'symlink', path: '/etc/loop', target: 'loop' },
        { kind: 'symlink', path: '/etc/hole', target: '/etc/passwd' },
      ])
      expect(await disk.readText('/cf/main.cf')).toContain('mail.example.com')
      expect(await disk.readText('/etc/up')).toContain('mail.example.com')
      expect(await disk.readText('/../../etc/../etc/postfix/main.cf')).toContain('mail.example.com')
      expect(await disk.stat('/etc/hole')).toBeNull()
      expect((await disk.lstat('/etc/hole'))?.kind).toBe('symlink')
      expect(await disk.readlink('/cf')).toBe('/etc/postfix')
      await expect(disk.readText('/etc/loop')).rejects.toMatchObject(refuses('EINVAL'))
      await disk.apply([{ kind: 'write', path: '/cf/master.cf', bytes: 'x' }])
      expect(await disk.list('/etc/postfix')).toContain('master.cf')
      await disk.apply([{ kind: 'write', path: '/etc/hole', bytes: 'root:x:0:0' }])
      expect(await disk.readText('/etc/passwd')).toBe('root:x:0:0')
      await disk.apply([{ kind: 'remove', path: '/cf' }])
      expect(await disk.list('/etc/postfix')).toHaveLength(2)
    })

    it('does not use a link that the same commit made to reach outside', async () => {
      const disk = await open()
      await disk
        .commit([
          { kind: 'symlink', path: '/out', target: '/tmp' },
          { kind: 'write', path: '/out/escaped', bytes: 'x' },
        ])
        .catch(() => undefined)
      const inside = await disk.stat('/tmp/escaped')
      expect(inside === null || inside.size === 1).toBe(true)
    })

    it('refuses names that no disk has', async () => {
      const disk = await open()
      for (const path of [
        'relative',
        '/a\0b',
        `/${'x'.repeat(256)}`,
        `/${'ü'.repeat(128)}`,
        `/${'x/'.repeat(3000)}`,
      ]) {
        await expect(disk.apply([{ kind: 'write', path, bytes: '' }])).rejects.toMatchObject(
          refuses('EINVAL'),
        )
        await expect(disk.read(path)).rejects.toMatchObject(refuses('EINVAL'))
      }
      expect(await disk.list('/')).toEqual([])
    })

    it('says what is wrong', async () => {
      const disk = await open()
      await disk.apply([
        { kind: 'write', path: '/d/f', bytes: 'x' },
        { kind: 'mkdir', path: '/e' },
      ])
      await expect(disk.read('/none')).rejects.toMatchObject(refuses('ENOENT'))
      await expect(disk.read('/d')).rejects.toMatchObject(refuses('EISDIR'))
      await expect(disk.list('/d/f')).rejects.toMatchObject(refuses('ENOTDIR'))
      await expect(disk.list('/none')).rejects.toMatchObject(refuses('ENOENT'))
      await expect(disk.readlink('/d/f')).rejects.toMatchObject(refuses('EINVAL'))
      for (const how of ['apply', 'commit'] as const) {
        const change = (...changes: Parameters<Disk['apply']>[0]) => disk[how](changes)
        await expect(change({ kind: 'rename', from: '/none', to: '/d/g' })).rejects.toMatchObject(
          refuses('ENOENT'),
        )
        await expect(change({ kind: 'rename', from: '/d/f', to: '/x/g' })).rejects.toMatchObject(
          refuses('ENOENT'),
        )
        await expect(change({ kind: 'rename', from: '/e', to: '/d' })).rejects.toMatchObject(
          refuses('ENOTEMPTY'),
        )
        await expect(change({ kind: 'rename', from: '/d', to: '/d/x' })).rejects.toMatchObject(
          refuses('EINVAL'),
        )
        await expect(change({ kind: 'link', from: '/d/f', to: '/d/f' })).rejects.toMatchObject(
          refuses('EEXIST'),
        )
        await expect(change({ kind: 'write', path: '/d', bytes: '' })).rejects.toMatchObject(
          refuses('EISDIR'),
        )
        await expect(change({ kind: 'write', path: '/d/f/g', bytes: '' })).rejects.toMatchObject(
          refuses('ENOTDIR'),
        )
        await expect(change({ kind: 'mkdir', path: '/d/f' })).rejects.toMatchObject(refuses('EEXIST'))
        await expect(change({ kind: 'touch', path: '/none', modified: 1 })).rejects.toMatchObject(
          refuses('ENOENT'),
        )
      }
    })

    it('removes a folder with all in it, and does not mind when nothing is there', async () => {
      const disk = await open()
      await disk.commit([
        { kind: 'write', path: '/home/alice/Maildir/.Sent/cur/1', bytes: 'x' },
        { kind: 'remove', path: '/home/bob/none' },
      ])
      await disk.apply([{ kind: 'remove', path: '/home/alice/Maildir' }])
      expect(await disk.list('/home/alice')).toEqual([])
      await disk.apply([{ kind: 'write', path: '/home/alice/Maildir/new/2', bytes: 'y' }])
      expect(await disk.readText('/home/alice/Maildir/new/2')).toBe('y')
    })

    it('sets mode and time', async () => {
      const disk = await open()
      await disk.apply([
        { kind: 'write', path: '/f', bytes: 'x' },
        { kind: 'chmod', path: '/f', mode: 0o755 },
        { kind: 'touch', path: '/f', modified: 5000 },
        { kind: 'mkdir', path: '/drop', mode: 0o1733 },
      ])
      expect(await disk.stat('/f')).toMatchObject({ mode: 0o755, modified: 5000 })
      expect(await disk.stat('/drop')).toMatchObject({ kind: 'folder', mode: 0o1733 })
    })

    it('does not mind what the caller does with its buffer afterwards', async () => {
      const disk = await open()
      const bytes = Buffer.from('first')
      await disk.commit([{ kind: 'write', path: '/a', bytes }])
      bytes.write('later')
      expect(await disk.readText('/a')).toBe('first')
    })
  })
}
