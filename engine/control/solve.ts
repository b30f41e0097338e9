/**
 * Proves a lesson: it is unsolved before, solved by its own solution, and not solved by any of its wrong ways, each
 * tried on a fresh lab through real connections.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { judge, parseCheck } from '#scenario/checks.ts'
import { fold } from '#trace/fold.ts'
import type { LabHandle } from './lab-handle.ts'
import type { Lesson } from './lesson-library.ts'
import { runScenarioText } from './run-scenario.ts'

export type Proof = { readonly lesson: string; readonly problems: readonly string[] }

/** `start` makes a fresh lab of the lesson's system, in memory, without published ports. */
export async function solveLesson(
  lesson: Lesson,
  folder: string,
  start: (system: string) => Promise<LabHandle>,
): Promise<Proof> {
  const here = join(folder, lesson.id)
  const problems: string[] = []
  const solution = join(here, 'solution.scenario')
  if (lesson.tasks.length === 0) problems.push(`${lesson.id}: a lesson needs at least one task`)
  if (!existsSync(solution)) return { lesson: lesson.id, problems: [`${solution}:1:1: there is no solution`] }

  await onLab(async (lab) => {
    const open = await openTasks(lesson, lab)
    if (open.length < lesson.tasks.length) {
      problems.push(`${lesson.id}: ${solvedOf(lesson, open)} is solved before anything was done`)
    }
    problems.push(...(await play(lab, solution)))
    const left = await openTasks(lesson, lab)
    problems.push(...left.map(({ id, why }) => `${solution}: leaves the task ${id} open: ${why}`))
  })
  for (const file of wrongWays(here)) {
    await onLab(async (lab) => {
      problems.push(...(await play(lab, file)))
      if ((await openTasks(lesson, lab)).length === 0)
        problems.push(`${file}: solves the lesson, and must not`)
    })
  }
  return { lesson: lesson.id, problems }

  async function onLab(action: (lab: LabHandle) => Promise<void>): Promise<void> {
    const lab = await start(lesson.system)
    try {
      await action(lab)
    } finally {
      await lab.stop()
    }
  }
}

function wrongWays(folder: string): readonly string[] {
  const wrong = join(folder, 'wrong')
  if (!existsSync(wrong)) return []
  const names = readdirSync(wrong).filter((name) => name.endsWith('.scenario'))
  return names.sort().map((name) => join(wrong, name))
}

/** What did not come out as the scenario says: its own expectations must hold, in wrong ways too. */
async function play(lab: LabHandle, file: string): Promise<readonly string[]> {
  const result = await runScenarioText(lab, readFileSync(file, 'utf8'), file)
  if (!result.ok) return result.problems
  return result.expectations
    .filter(({ held }) => !held)
    .map(({ line, text, why }) => `${file}:${line}:1: ${text}: ${why}`)
}

/** The tasks that are not done yet. */
export async function openTasks(
  lesson: Lesson,
  lab: LabHandle,
): Promise<readonly { id: string; why: string }[]> {
  const events = await lab.trace.read(1, Infinity)
  const world = fold(events)
  return lesson.tasks.flatMap(({ id, check: text }) => {
    const check = parseCheck(text)
    if (typeof check === 'string') return [{ id, why: check }]
    const { done, why } = judge(check, world, events)
    return done ? [] : [{ id, why: why.en }]
  })
}

const solvedOf = (lesson: Lesson, open: readonly { id: string }[]) =>
  lesson.tasks
    .filter((task) => !open.some(({ id }) => id === task.id))
    .map(({ id }) => id)
    .join(', ')
