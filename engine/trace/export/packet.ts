/**
 * One TCP segment in its IP packet in its Ethernet frame, with the checksums that a capture would show.
 *
 * RFC 9293 §3.1; RFC 791 §3.1; RFC 8200 §3, §8.1.
 */
import { ByteWriter } from './bytes.ts'

export type Side = { readonly address: string; readonly port: number }
export type Segment = {
  readonly from: Side
  readonly to: Side
  readonly sequence: number
  readonly acknowledgment: number
  readonly flags: number
  readonly payload: Uint8Array
}

export const flag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16 } as const

/** Room for data in one Ethernet frame. */
export const maximumSegmentSize = 1460

export function frame(segment: Segment): Uint8Array {
  const from = addressBytes(segment.from.address)
  const to = addressBytes(segment.to.address)
  // One end without an IP address of the same family (a unix socket) is shown on loopback.
  const six = from.length === 16 && to.length === 16
  const source = six || from.length === 4 ? from : loopback
  const target = six || to.length === 4 ? to : loopback
  const tcp = tcpSegment(segment, source, target)
  const ethernet = new ByteWriter()
    .bytes(hardware(target))
    .bytes(hardware(source))
    .u16(six ? 0x86dd : 0x0800)
  return ethernet.bytes(six ? ipv6(source, target, tcp) : ipv4(source, target, tcp)).result()
}

const loopback = Uint8Array.of(127, 0, 0, 1)

/** Locally administered, made from the address: the same host has the same card. */
const hardware = (address: Uint8Array) => Uint8Array.of(2, 0, ...address.slice(-4))

function tcpSegment(
  { from, to, sequence, acknowledgment, flags, payload }: Segment,
  source: Uint8Array,
  target: Uint8Array,
) {
  const write = (checksum: number) =>
    new ByteWriter()
      .u16(from.port)
      .u16(to.port)
      .u32(sequence)
      .u32(acknowledgment)
      .u8(5 << 4)
      .u8(flags)
      .u16(65535)
      .u16(checksum)
      .u16(0)
      .bytes(payload)
      .result()
  const bare = write(0)
  const pseudo = new ByteWriter().bytes(source).bytes(target)
  if (source.length === 16) pseudo.u32(bare.length).u32(6)
  else pseudo.u16(6).u16(bare.length)
  return write(checksum(pseudo.bytes(bare).result()))
}

function ipv4(source: Uint8Array, target: Uint8Array, tcp: Uint8Array): Uint8Array {
  const header = (checksum: number) =>
    new ByteWriter()
      .u16(0x4500)
      .u16(20 + tcp.length)
      .u16(0)
      .u16(0x4000)
      .u8(64)
      .u8(6)
      .u16(checksum)
      .bytes(source)
      .bytes(target)
  return header(checksum(header(0).result()))
    .bytes(tcp)
    .result()
}

const ipv6 = (source: Uint8Array, target: Uint8Array, tcp: Uint8Array): Uint8Array =>
  new ByteWriter()
    .u32(0x60000000)
    .u16(tcp.length)
    .u8(6)
    .u8(64)
    .bytes(source)
    .bytes(target)
    .bytes(tcp)
    .result()

/** RFC 1071. */
function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}

/** Empty for what is no IP address. */
function addressBytes(text: string): Uint8Array {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return Uint8Array.from(text.split('.'), Number)
  if (!/^[0-9a-f:]*:[0-9a-f:]*$/i.test(text)) return new Uint8Array()
  const [head = '', tail] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)))
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const all = [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after]
  return Uint8Array.from(all.slice(0, 8).flatMap((group) => [group >> 8, group & 255]))
}
