/**
 * `sendmail -bs`: the same SMTP server, over standard input and output, for a user of this host. It asks no
 * restrictions and tells no log; what it takes goes to the maildrop.
 *
 * sendmail(1); smtpd(8), stand-alone mode.
 */
import type { Machine } from '#engine/machine.ts'
import type { Cleanup, QueueControl } from '#mta/handover.ts'
import type { Postfix } from '#mta/postfix.ts'
import { createAnvil } from './anvil.ts'
import { forgetClient, type Conversation } from './conversation.ts'
import { Input } from './input.ts'
import { permitted } from './policy.ts'
import { Session } from './session.ts'
import { readSmtpdSettings } from './settings.ts'
import { trustOf } from './trust.ts'
import type { SessionWire } from './wire.ts'

/** What the server said to these bytes. */
export async function standAlone(input: {
  readonly postfix: Postfix
  readonly queue: QueueControl
  readonly user: string
  readonly said: string
}): Promise<string> {
  const { postfix, queue, user } = input
  const machine: Machine = { ...postfix.machine, emit: () => undefined }
  const settings = readSmtpdSettings(postfix.settings)
  const client: Conversation['client'] = {
    name: 'localhost',
    address: '127.0.0.1',
    socket: '127.0.0.1',
    port: 0,
    reverseName: 'localhost',
    nameStatus: 'ok',
    reverseStatus: 'ok',
  }
  const written: string[] = []
  const session = new Session({
    id: 'sendmail -bs',
    machine,
    postfix,
    settings,
    wire: console(Buffer.from(input.said, 'utf8'), written),
    cleanup: toMaildrop(queue, user, machine.clock.now()),
    notify: () => Promise.resolve(),
    sasl: null,
    anvil: createAnvil(machine.clock),
    policy: { ask: () => Promise.resolve(permitted) },
    flush: () => Promise.resolve(),
    service: 'smtpd',
    port: 0,
    now: { ...forgetClient, client, tls: null },
    discards: new Set(['starttls', 'auth']),
    trusted: { ...(await trustOf(postfix, settings, client)), unlimited: true },
  })
  await session.run()
  return written.join('')
}

function console(said: Buffer, written: string[]): SessionWire {
  const input = new Input()
  // A terminal ends its lines with LF alone.
  input.write(Buffer.from(said.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1'))
  return {
    input,
    more: () => Promise.resolve('lost'),
    write: (text) => written.push(text),
    flush: () => Promise.resolve('bytes'),
    startTls: () => Promise.resolve({ kind: 'failed', reason: 'no connection' }),
    hangUp: () => undefined,
  }
}

const toMaildrop = (queue: QueueControl, user: string, now: number): Cleanup => {
  let number = now * 1000
  return {
    // Named by the microsecond, as files of the maildrop are.
    newQueueId: () => (number++ % 0x10000000).toString(16).toUpperCase().padStart(7, '0'),
    async submit({ queueId, sender, recipients, trace, content, envelope }) {
      await queue.post({
        queueId,
        sender,
        recipients: recipients.map(({ address }) => address),
        content: Buffer.concat([Buffer.from(trace), content]),
        user,
        notify: recipients[0]?.notify ?? [],
        envid: envelope.envid,
        ret: envelope.ret,
      })
      return { kind: 'queued', queueId, size: content.length }
    },
  }
}
