import { X509Certificate } from 'node:crypto'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAuthority } from '#platform/node/authority.ts'
import { FolderLocked, lockFolder } from '#platform/node/lock.ts'
import { spawnSync } from 'node:child_process'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'mailscope-authority-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

const at = Date.UTC(2026, 2, 2)

describe('the certificate authority', () => {
  it('signs for the names and addresses of a host, and gives the same certificate again', async () => {
    const authority = await openAuthority(join(folder, 'authority'), at)
    const wish = { names: ['mail.example.com'], addresses: ['192.0.2.10', '2001:db8::10'], at }
    const { certificate, key } = await authority.certify(wish)
    const [root, host] = [new X509Certificate(authority.root), new X509Certificate(certificate)]
    expect(host.verify(root.publicKey)).toBe(true)
    expect(host.checkIssued(root)).toBe(true)
    expect(host.checkHost('mail.example.com')).toBe('mail.example.com')
    expect(host.checkIP('192.0.2.10')).toBe('192.0.2.10')
    expect(host.checkIP('2001:db8::10')).toBeDefined()
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)

    const again = await openAuthority(join(folder, 'authority'), at)
    expect(again.root).toBe(authority.root)
    expect(await again.certify(wish)).toEqual({ certificate, key })
    expect((await again.certify({ ...wish, at: at + 800 * 86_400_000 })).certificate).not.toBe(certificate)
    for (const name of fs.readdirSync(join(folder, 'authority'))) {
      expect(fs.statSync(join(folder, 'authority', name)).mode & 0o777).toBe(0o600)
    }
  })

  it('makes certificates that are wrong on purpose', async () => {
    const authority = await openAuthority(null, at)
    const made = async (flaw: 'expired' | 'not-yet-valid' | 'self-signed' | 'wrong-name') =>
      new X509Certificate((await authority.certify({ names: ['mail.example.com'], at, flaw })).certificate)
    expect(Date.parse((await made('expired')).validTo)).toBeLessThan(at)
    expect(Date.parse((await made('not-yet-valid')).validFrom)).toBeGreaterThan(at)
    const selfSigned = await made('self-signed')
    expect(selfSigned.verify(selfSigned.publicKey)).toBe(true)
    expect((await made('wrong-name')).checkHost('mail.example.com')).toBeUndefined()
  })
})

describe('the lock of a data folder', () => {
  it('refuses a second engine and says who holds it', () => {
    const unlock = lockFolder(folder)
    expect(() => lockFolder(folder)).toThrow(FolderLocked)
    expect(() => lockFolder(folder)).toThrow(`process ${process.pid}`)
    unlock()
    lockFolder(folder)()
  })

  it('takes over from an engine that is gone, even when its number was given out again', () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    fs.writeFileSync(join(folder, 'lock'), `${gone} 123@another-boot\n`)
    lockFolder(folder)()
    fs.writeFileSync(join(folder, 'lock'), `${process.pid} 123@another-boot\n`)
    lockFolder(folder)()
    fs.writeFileSync(join(folder, 'lock'), '')
    lockFolder(folder)()
  })
})
