// A user agent reads one reply at a time, however its bytes arrive, and never mistakes a dot for the end of a letter.
import { Duplex, PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { Dialogue, stuffed } from '#mua/dialogue.ts'

function wire() {
  const fromServer = new PassThrough()
  const toServer = new PassThrough()
  return { stream: Duplex.from({ readable: fromServer, writable: toServer }), fromServer }
}

describe('a dialogue', () => {
  test('reads a reply of many lines as one, byte by byte', async () => {
    const { stream, fromServer } = wire()
    const dialogue = new Dialogue(stream)
    for (const byte of '220 mx ESMTP\r\n250-mx\r\n250 SIZE 1\r\n') fromServer.write(byte)
    expect(await dialogue.reply()).toEqual({ lines: ['220 mx ESMTP'] })
    expect(await dialogue.reply()).toEqual({ lines: ['250-mx', '250 SIZE 1'] })
  })

  test('knows which replies of POP3 end with a dot', async () => {
    const { stream, fromServer } = wire()
    const dialogue = new Dialogue(stream)
    fromServer.write('+OK ready\r\n')
    expect(await dialogue.reply()).toEqual({ lines: ['+OK ready'] })
    dialogue.send('LIST 1')
    fromServer.write('+OK 1 100\r\n')
    expect(await dialogue.reply()).toEqual({ lines: ['+OK 1 100'] })
    dialogue.send('LIST')
    fromServer.write('+OK\r\n1 100\r\n.\r\n')
    expect(await dialogue.reply()).toEqual({ lines: ['+OK', '1 100', '.'] })
  })

  test('says that a server that hung up will not answer', async () => {
    const { stream, fromServer } = wire()
    const dialogue = new Dialogue(stream)
    fromServer.end('421 half')
    expect(await dialogue.reply()).toEqual({ ended: true })
  })

  test('doubles a dot at the start of a line, and ends with one of its own', () => {
    expect(stuffed('Subject: x\n\n.\n..a\n')).toBe('Subject: x\r\n\r\n..\r\n...a\r\n.\r\n')
  })
})
