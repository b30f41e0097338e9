// A capture made from a trace: whole blocks, true checksums, sequence numbers without a gap.
import { describe, expect, test } from 'vitest'
import { writePcapng } from '#trace/export/pcapng.ts'
import { letters } from './sample.ts'

const capture = Buffer.from(writePcapng(letters(1)))

function packets(): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < capture.length;) {
    const length = capture.readUInt32LE(at + 4)
    expect(capture.readUInt32LE(at + length - 4)).toBe(length)
    if (capture.readUInt32LE(at) === 6)
      found.push(capture.subarray(at + 28, at + 28 + capture.readUInt32LE(at + 20)))
    at += length
  }
  return found
}

/** RFC 1071: the sum over a header with its checksum in it is all ones. */
function sum(bytes: Buffer): number {
  let total = 0
  for (let i = 0; i < bytes.length; i += 2) total += (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0)
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16)
  return total
}

describe('a capture', () => {
  test('begins with a section header and one Ethernet interface', () => {
    expect(capture.readUInt32LE(0)).toBe(0x0a0d0d0a)
    expect(capture.readUInt32LE(8)).toBe(0x1a2b3c4d)
    expect(capture.readUInt16LE(28 + 8)).toBe(1)
  })

  test('has the checksums that a network card would have written', () => {
    for (const packet of packets()) {
      const ip = packet.subarray(14)
      const tcp = ip.subarray(20)
      expect(sum(ip.subarray(0, 20))).toBe(0xffff)
      const pseudo = Buffer.concat([
        ip.subarray(12, 20),
        Buffer.from([0, 6, tcp.length >> 8, tcp.length & 255]),
        tcp,
      ])
      expect(sum(pseudo)).toBe(0xffff)
    }
  })

  test('carries the dialogue of each connection, in order', () => {
    const streams = new Map<string, string>()
    for (const packet of packets()) {
      const ports = `${packet.readUInt16BE(34)}>${packet.readUInt16BE(36)}`
      streams.set(ports, (streams.get(ports) ?? '') + packet.subarray(54).toString('latin1'))
    }
    expect(streams.get('40000>587')).toContain(
      'RCPT TO:<carol@example.org>\r\nDATA\r\nTo: carol@example.org\r\n',
    )
    expect(streams.get('587>40000')).toContain(
      '250-mail.example.com\r\n250-SIZE 10240000\r\n250 STARTTLS\r\n',
    )
  })

  test('opens each connection with a handshake and numbers its bytes without a gap', () => {
    const next = new Map<string, number>()
    for (const packet of packets()) {
      const ports = `${packet.readUInt16BE(34)}>${packet.readUInt16BE(36)}`
      const [sequence, flags] = [packet.readUInt32BE(38), packet[47] ?? 0]
      if (flags & 2) expect(next.has(ports)).toBe(false)
      else expect(sequence).toBe(next.get(ports))
      next.set(ports, sequence + packet.length - 54 + (flags & 3 ? 1 : 0))
    }
  })
})
