/** The part of the library dns-packet that the lab uses; it brings no types of its own. */
declare module 'dns-packet' {
  export type Question = { name: string; type: string; class?: string }
  /** A record; `data` has the shape of its type. An OPT has the fields of RFC 6891 instead. */
  export type Answer = {
    name: string
    type: string
    class?: string
    ttl?: number
    data?: unknown
    udpPayloadSize?: number
    extendedRcode?: number
    ednsVersion?: number
    flags?: number
    options?: readonly unknown[]
  }
  export type Packet = {
    id?: number
    type?: 'query' | 'response'
    flags?: number
    questions?: Question[]
    answers?: Answer[]
    authorities?: Answer[]
    additionals?: Answer[]
  }
  export type DecodedPacket = Required<Packet> & { opcode: string; rcode: string; flag_tc: boolean }

  export const AUTHORITATIVE_ANSWER: number
  export const TRUNCATED_RESPONSE: number
  export const RECURSION_DESIRED: number
  export const RECURSION_AVAILABLE: number
  export function encode(packet: Packet): Buffer
  export function decode(bytes: Buffer): DecodedPacket
}
