/** A trace as a picture: a lifeline for each host, an arrow for each command and reply, its shape by the class of the reply. */
import type { TraceEvent } from '../events.ts'
import { clockText, conversations, escapeXml, inOrder, kindOf, printable } from './conversation.ts'

const row = 26
const column = 260
const top = 64
/** A picture with more arrows than this is of no use to anyone. */
const mostArrows = 1000
const longest = 44

export function writeSequenceSvg(events: Iterable<TraceEvent>, title: string): string {
  const turns = inOrder(conversations(events)).slice(0, mostArrows)
  const hosts = [...new Set(turns.flatMap(({ of }) => [of.client, of.server]))]
  const x = (host: string) => 120 + hosts.indexOf(host) * column
  const width = 240 + Math.max(1, hosts.length - 1) * column
  const height = top + turns.length * row + 32
  const lifelines = hosts.map(
    (host) =>
      `<text x="${x(host)}" y="36" class="host">${escapeXml(host)}</text><line x1="${x(host)}" y1="48" x2="${x(host)}" y2="${height - 16}" class="life"/>`,
  )
  const arrows = turns.map(({ of, direction, lines, code, at }, i) => {
    const y = top + i * row
    const [from, to] = direction === 'to server' ? [x(of.client), x(of.server)] : [x(of.server), x(of.client)]
    const text = (direction === 'to server' ? lines[0] : lines.at(-1)) ?? ''
    const shown = escapeXml(printable(text.length > longest ? `${text.slice(0, longest - 1)}…` : text))
    const self = from === to
    const path = self ? `M${from} ${y} h28 v10 h-28` : `M${from} ${y} L${to} ${y}`
    const middle = self ? from + 36 : (from + to) / 2
    return `<g class="${kindOf(code)}"><title>${clockText(at)}</title><path d="${path}" marker-end="url(#tip)"/><text x="${middle}" y="${y - 5}"${self ? ' class="start"' : ''}>${shown}</text></g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">
<style>
  text { font: 13px ui-monospace, monospace; fill: #1d1c1a; text-anchor: middle }
  .start { text-anchor: start } .host { font: 600 15px system-ui, sans-serif }
  .life { stroke: #dad6cc } path { fill: none; stroke: #1d1c1a }
  .done path { stroke: #1b7f4b } .go path { stroke: #2459c9; stroke-dasharray: 6 3 }
  .later path { stroke: #9a6200; stroke-dasharray: 2 3 } .no path { stroke: #b3261e; stroke-width: 2 }
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8" /></marker></defs>
<rect width="100%" height="100%" fill="#fbfaf6"/>
${lifelines.join('\n')}
${arrows.join('\n')}
</svg>
`
}
