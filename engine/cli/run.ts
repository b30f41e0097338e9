/** `mailscope run FILE`: plays a scenario without a browser. Exit 0 only if every expectation held. */
import { resolve } from 'node:path'
import { runScenarioText } from '#control/run-scenario.ts'
import { CommandRefused, readWords, type Command } from './command.ts'
import { labBeside, playLab } from './lab-play.ts'
import { readText, shown } from './places.ts'
import { openWorkshop } from './workshop.ts'

export const run: Command = {
  name: 'run',
  synopsis: 'run FILE [--lab LAB]',
  summary: 'plays a scenario on a lab of its own; exit 0 only if every expectation held',
  async run(words) {
    const { values, positionals } = readWords({
      args: [...words],
      allowPositionals: true,
      options: { lab: { type: 'string' } },
    })
    const [file] = positionals
    if (file === undefined || positionals.length > 1)
      throw new CommandRefused('mailscope: run takes one scenario file')
    const path = resolve(file)
    const text = readText(path)
    const workshop = await openWorkshop(null)
    const lab = await playLab(workshop, values.lab ?? labBeside(path))
    try {
      const result = await runScenarioText(lab, text, shown(path))
      if (!result.ok) throw new CommandRefused(result.problems.join('\n'))
      for (const { line, text: what, held, why } of result.expectations) {
        process.stdout.write(
          `${held ? 'held  ' : 'failed'}  ${shown(path)}:${line}: ${what}${held ? '' : `\n        ${why}`}\n`,
        )
      }
      return result.held ? 0 : 1
    } finally {
      await lab.stop()
      await workshop.close()
    }
  },
}
