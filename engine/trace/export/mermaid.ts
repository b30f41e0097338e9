/** A trace as a Mermaid sequence diagram: hosts as participants, commands and replies as arrows. */
import type { TraceEvent } from '../events.ts'
import { conversations, inOrder, printable } from './conversation.ts'

/** Longer texts are cut: a diagram is looked at, not read. */
const longest = 60

export function writeMermaid(events: Iterable<TraceEvent>): string {
  const turns = inOrder(conversations(events))
  const hosts = [...new Set(turns.flatMap(({ of }) => [of.client, of.server]))]
  const name = (host: string) => `h${hosts.indexOf(host)}`
  return [
    'sequenceDiagram',
    ...hosts.map((host) => `  participant ${name(host)} as ${label(host)}`),
    ...turns.map(({ of, direction, lines }) =>
      direction === 'to server'
        ? `  ${name(of.client)}->>${name(of.server)}: ${label(lines[0] ?? '')}`
        : `  ${name(of.server)}-->>${name(of.client)}: ${label(lines.at(-1) ?? '')}`,
    ),
    '',
  ].join('\n')
}

/** What Mermaid would take for markup, as its entities. */
const entities: Readonly<Record<string, string>> = { '#': '#35;', ';': '#59;', '<': '#lt;', '>': '#gt;' }

function label(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest - 1)}…` : text
  return printable(cut).replace(/[#;<>]/g, (letter) => entities[letter] ?? letter)
}
