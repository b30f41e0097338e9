/** The forms in which a trace can be kept, by the word that `mailscope export --to` takes. */
import { encode } from '../codec.ts'
import type { TraceEvent } from '../events.ts'
import { writeHtml } from './html.ts'
import { writeMermaid } from './mermaid.ts'
import { writePcapng } from './pcapng.ts'
import { writeSequenceSvg } from './sequence-svg.ts'
import { writeTranscript } from './transcript.ts'

export type Exporter = {
  readonly extension: string
  write(events: readonly TraceEvent[], title: string): string | Uint8Array
}

export const exporters: ReadonlyMap<string, Exporter> = new Map([
  ['html', { extension: 'html', write: writeHtml }],
  ['jsonl', { extension: 'jsonl', write: encode }],
  ['pcapng', { extension: 'pcapng', write: writePcapng }],
  ['svg', { extension: 'svg', write: writeSequenceSvg }],
  ['mermaid', { extension: 'mmd', write: writeMermaid }],
  ['txt', { extension: 'txt', write: writeTranscript }],
])
