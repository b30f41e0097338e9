/**
 * A trace as one page that needs no server: each session as a ladder, played turn by turn with the arrow keys or the
 * slider. Everything in it is text; nothing of the mail becomes markup.
 */
import type { TraceEvent } from '../events.ts'
import { clockText, conversations, escapeXml, inOrder, kindOf, printable } from './conversation.ts'

export function writeHtml(events: Iterable<TraceEvent>, title: string): string {
  const turns = inOrder(conversations(events))
  const rows = turns.map(({ of, direction, lines, code, at }, i) => {
    const way =
      direction === 'to server'
        ? `${of.client} → ${of.server}:${of.port}`
        : `${of.client} ← ${of.server}:${of.port}`
    return `<li data-turn="${i}" class="${kindOf(code)}"><time>${clockText(at)}</time><span class="way">${escapeXml(way)}</span><pre>${escapeXml(printable(lines.join('\n')))}</pre></li>`
  })
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeXml(title)}</title>
<style>
  :root { color-scheme: light dark; --paper: #fbfaf6; --ink: #1d1c1a; --muted: #6b6862; --line: #dad6cc; --ok: #1b7f4b; --go: #2459c9; --later: #9a6200; --no: #b3261e }
  @media (prefers-color-scheme: dark) { :root { --paper: #161513; --ink: #ece8df; --muted: #a29d92; --line: #37342e; --ok: #5cc98d; --go: #8cb0ff; --later: #e8b04a; --no: #ff8a80 } }
  body { margin: 0 auto; max-width: 60rem; padding: 24px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
  h1 { font-size: 22px } ol { list-style: none; padding: 0 } li { display: grid; grid-template-columns: 7rem 20rem 1fr; gap: 12px; padding: 4px 8px; border-left: 3px solid transparent }
  li[hidden] { display: none } li.now { background: color-mix(in srgb, var(--line) 40%, transparent) }
  time, .way { color: var(--muted); font-size: 13px; font-variant-numeric: tabular-nums } pre { margin: 0; font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
  .done { border-color: var(--ok) } .go { border-color: var(--go) } .later { border-color: var(--later) } .no { border-color: var(--no) } .no pre { font-weight: 600 }
  nav { position: sticky; top: 0; background: var(--paper); padding: 8px 0; display: flex; gap: 12px; align-items: center; border-bottom: 1px solid var(--line) } input { flex: 1 }
  @media (max-width: 640px) { li { grid-template-columns: 1fr; gap: 0 } }
</style>
<h1>${escapeXml(title)}</h1>
<nav><button id="back" aria-label="Step back">◀</button><input id="at" type="range" min="0" max="${rows.length}" value="${rows.length}" aria-label="Moment"><button id="on" aria-label="Step forward">▶</button><output id="count">${rows.length} / ${rows.length}</output></nav>
<ol>
${rows.join('\n')}
</ol>
<script>
  const at = document.getElementById('at'), rows = [...document.querySelectorAll('li')]
  const show = () => {
    const now = Number(at.value)
    rows.forEach((row, i) => { row.hidden = i >= now; row.classList.toggle('now', i === now - 1) })
    document.getElementById('count').textContent = now + ' / ' + rows.length
    rows[now - 1]?.scrollIntoView({ block: 'nearest' })
  }
  const step = (by) => { at.value = String(Number(at.value) + by); show() }
  at.addEventListener('input', show)
  document.getElementById('back').addEventListener('click', () => step(-1))
  document.getElementById('on').addEventListener('click', () => step(1))
  addEventListener('keydown', (event) => { if (event.target === at) return; if (event.key === 'ArrowLeft') step(-1); if (event.key === 'ArrowRight') step(1) })
</script>
</html>
`
}
