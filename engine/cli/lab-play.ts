/** A fresh lab in memory, for what plays without a browser: scenarios, lessons, exports. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { formatProblem } from '#config/problem.ts'
import { readLabFolder } from '#control/lab-folder.ts'
import type { LabHandle } from '#control/lab-handle.ts'
import { CommandRefused } from './command.ts'
import { findLab, readFolder, shown } from './places.ts'
import type { Workshop } from './workshop.ts'

/** `name`: a folder with lab.yaml, or a name under lessons/labs. Time stands until somebody moves it. */
export async function playLab(workshop: Workshop, name: string): Promise<LabHandle> {
  const folder = findLab(name)
  const read = readLabFolder(readFolder(folder), shown(folder))
  if (!read.ok) throw new CommandRefused(read.problems.map(formatProblem).join('\n'))
  const definition = { ...read.definition, storage: 'memory' as const, clock: 'manual' as const }
  return workshop.makeLab({
    definition,
    id: definition.lab,
    publish: 'off',
    listenOn: '127.0.0.1',
    trace: 'on',
  })
}

/** The lab beside a scenario, or in a folder above it; else the default one. */
export function labBeside(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(`${folder}/lab.yaml`)) return folder
  }
  return 'two-offices'
}
