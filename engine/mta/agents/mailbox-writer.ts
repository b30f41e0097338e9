/**
 * Puts a message into a Maildir or a mbox, so that it is there after a loss of power: what the agents local and
 * virtual need of mailboxes.
 *
 * maildir(5): written in tmp, moved to new; mbox(5): appended after a `From ` line, body lines that look like one get a `>`.
 */
import type { Machine } from '#engine/machine.ts'
import { withDotlock } from '#mailbox/dotlock.ts'
import type { Change } from '#platform/disk.ts'
import { asctime } from '#protocol/message/date.ts'

export type MailboxLetter = {
  readonly path: string
  readonly content: Uint8Array
  readonly user: string
  readonly queueId: string
}

export interface MailboxWriter {
  deliverToMaildir(letter: MailboxLetter): Promise<{ readonly file: string }>
  /** `full`: the file would become larger than `sizeLimit` (0: no limit). */
  deliverToMbox(
    letter: MailboxLetter & { readonly sender: string; readonly sizeLimit: number },
  ): Promise<{ readonly file: string } | 'full'>
}

export function createMailboxWriter(machine: Machine): MailboxWriter {
  let unique = 0
  return {
    async deliverToMaildir({ path, content, user, queueId }) {
      const base = path.replace(/\/+$/, '')
      const now = machine.clock.now()
      const seconds = String(Math.floor(now / 1000))
      const microseconds = String((Math.floor(now) % 1000) * 1000 + (unique % 1000))
      const name = `${seconds}.V1I${(0x1000 + unique++).toString(16)}M${microseconds}.${machine.name.replaceAll('/', '_')}`
      const file = `${base}/new/${name}`
      await machine.disk.commit([
        { kind: 'mkdir', path: `${base}/cur`, mode: 0o700 },
        { kind: 'write', path: `${base}/tmp/${name}`, bytes: content, mode: 0o600, exclusive: true },
        { kind: 'mkdir', path: `${base}/new`, mode: 0o700 },
        { kind: 'rename', from: `${base}/tmp/${name}`, to: file },
      ])
      stated(machine, 'maildir', { path, content, user, queueId }, file)
      return { file }
    },
    async deliverToMbox({ path, content, user, queueId, sender, sizeLimit }) {
      const now = machine.clock.now()
      const from = `From ${sender === '' ? 'MAILER-DAEMON' : sender}  ${asctime(now)}\n`
      const bytes = Buffer.concat([Buffer.from(from), quoted(content), Buffer.from('\n')])
      // Whoever reads the mbox rewrites it whole: without its lock a letter that comes meanwhile would be lost.
      const full = await withDotlock(machine, path, async () => {
        const stat = await machine.disk.stat(path)
        if (sizeLimit > 0 && (stat?.size ?? 0) + bytes.length > sizeLimit) return true
        const change: Change = stat
          ? { kind: 'append', path, bytes }
          : { kind: 'write', path, bytes, mode: 0o600, exclusive: true }
        await machine.disk.commit([change])
        return false
      })
      if (full) return 'full'
      stated(machine, 'mbox', { path, content, user, queueId }, path)
      return { file: path }
    },
  }
}

function stated(machine: Machine, format: 'maildir' | 'mbox', letter: MailboxLetter, file: string): void {
  const { user, path, content, queueId } = letter
  machine.emit({
    type: 'mailbox.delivered',
    user,
    mailbox: path,
    format,
    file,
    size: content.length,
    queueId,
  })
}

/** `>` before each line that begins with `From `. */
function quoted(content: Uint8Array): Uint8Array {
  const buffer = Buffer.from(content.buffer, content.byteOffset, content.length)
  if (!buffer.includes('\nFrom ')) return content
  return Buffer.from(buffer.toString('latin1').replace(/\nFrom /g, '\n>From '), 'latin1')
}
