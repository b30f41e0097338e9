/** Bytes of a growing file, big-endian as networks have them or little-endian as pcapng is written here. */
export class ByteWriter {
  #bytes = new Uint8Array(4096)
  length = 0

  u8(value: number): this {
    this.#room(1)
    this.#bytes[this.length++] = value
    return this
  }

  /** Network order. */
  u16(value: number): this {
    return this.u8((value >> 8) & 255).u8(value & 255)
  }

  u32(value: number): this {
    return this.u16((value >>> 16) & 0xffff).u16(value & 0xffff)
  }

  u16le(value: number): this {
    return this.u8(value & 255).u8((value >> 8) & 255)
  }

  u32le(value: number): this {
    return this.u16le(value & 0xffff).u16le((value >>> 16) & 0xffff)
  }

  bytes(bytes: Uint8Array): this {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.length)
    this.length += bytes.length
    return this
  }

  /** Zeros up to a multiple of four. */
  pad(): this {
    while (this.length % 4 !== 0) this.u8(0)
    return this
  }

  result(): Uint8Array {
    return this.#bytes.slice(0, this.length)
  }

  #room(count: number): void {
    if (this.length + count <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

export function utf8(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else
      bytes.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      )
  }
  return Uint8Array.from(bytes)
}

/** Bytes that travel in the trace as U+0000..U+00FF. */
export const latin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0) & 255)
