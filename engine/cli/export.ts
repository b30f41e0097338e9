/** `mailscope export FILE --to FORMAT`: a trace, or a scenario that is played first, as something to keep or to show. */
import { writeFileSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { runScenarioText } from '#control/run-scenario.ts'
import { decode } from '#trace/codec.ts'
import type { TraceEvent } from '#trace/events.ts'
import { exporters } from '#trace/export/index.ts'
import { CommandRefused, readWords, type Command } from './command.ts'
import { labBeside, playLab } from './lab-play.ts'
import { readText, shown } from './places.ts'
import { openWorkshop } from './workshop.ts'

export const exportCommand: Command = {
  name: 'export',
  synopsis: 'export FILE --to html|jsonl|pcapng|svg|mermaid|txt [--out FILE] [--lab LAB]',
  summary: 'writes a trace (.jsonl), or a scenario that is played first, in another form',
  async run(words) {
    const { values, positionals } = readWords({
      args: [...words],
      allowPositionals: true,
      options: { to: { type: 'string' }, out: { type: 'string' }, lab: { type: 'string' } },
    })
    const [file] = positionals
    if (file === undefined || positionals.length > 1)
      throw new CommandRefused('mailscope: export takes one file: a trace (.jsonl) or a scenario')
    const exporter = exporters.get(values.to ?? '')
    if (exporter === undefined) {
      throw new CommandRefused(
        `mailscope: --to is one of ${[...exporters.keys()].join(', ')}${values.to === undefined ? '' : `, not ${values.to}`}`,
      )
    }
    const path = resolve(file)
    const events = extname(path) === '.jsonl' ? traceIn(path) : await play(path, values.lab)
    const name = basename(path, extname(path))
    const made = exporter.write(events, name)
    const out = values.out ?? `${name}.${exporter.extension}`
    if (out === '-') process.stdout.write(made)
    else {
      writeFileSync(resolve(out), made)
      process.stdout.write(`${shown(resolve(out))}: ${events.length} events\n`)
    }
    return 0
  },
}

function traceIn(path: string): readonly TraceEvent[] {
  const read = decode(readText(path))
  if (!read.ok) throw new CommandRefused(`${shown(path)}:${read.line}:1: ${read.message}`)
  return read.events
}

async function play(path: string, lab: string | undefined): Promise<readonly TraceEvent[]> {
  const text = readText(path)
  const workshop = await openWorkshop(null)
  const played = await playLab(workshop, lab ?? labBeside(path))
  try {
    const result = await runScenarioText(played, text, shown(path))
    if (!result.ok) throw new CommandRefused(result.problems.join('\n'))
    return await played.trace.read(1, Infinity)
  } finally {
    await played.stop()
    await workshop.close()
  }
}
