/** Pieces of a message for others than a FETCH: doveadm shows them too. */
import type { Section } from '#protocol/imap/fetch-item.ts'
import type { MimePart } from '#protocol/message/mime-tree.ts'
import { decodedSection } from './binary.ts'
import { previewOf } from './preview.ts'
import { cutSection } from './sections.ts'

export const messagePieces = {
  preview: previewOf,
  section: cutSection,
  decoded(message: Uint8Array, root: MimePart, section: Section): Uint8Array | null {
    const found = decodedSection(message, root, section)
    return found.kind === 'bytes' ? found.bytes : null
  },
}
