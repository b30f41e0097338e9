/**
 * A connection whose bytes are compressed both ways, DEFLATE without a wrapper: each write can be read at once on the
 * other side, and a peer that sends a little which becomes much is read no faster than somebody takes it.
 *
 * RFC 1951; IMAP: RFC 4978.
 */
import { Duplex } from 'node:stream'
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib'

const chunkSize = 16 * 1024

/** `early`: what the peer sent already. */
export function deflated(inner: Duplex, early: Uint8Array): Duplex {
  const inflate = createInflateRaw({ chunkSize })
  const deflate = createDeflateRaw({ chunkSize, flush: constants.Z_SYNC_FLUSH })
  if (early.length > 0) inflate.write(early)
  inner.pipe(inflate)
  deflate.pipe(inner)
  const outer = Duplex.from({ readable: inflate, writable: deflate })
  const fail = () => outer.destroy()
  inflate.on('error', fail)
  deflate.on('error', fail)
  inner.on('error', fail).on('close', fail)
  outer
    .on('error', () => inner.destroy())
    .on('close', () => {
      if (!inner.writableEnded) inner.destroy()
    })
  return outer
}
