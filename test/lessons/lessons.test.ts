// Every lesson proves itself: unsolved before, solved by its own solution through real connections, by none of its wrong ways.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { playLab } from '#engine/cli/lab-play.ts'
import { openWorkshop } from '#engine/cli/workshop.ts'
import { parseLesson, views } from '#control/lesson.ts'
import { readLessons } from '#control/lesson-library.ts'
import { runScenarioText } from '#control/run-scenario.ts'
import { solveLesson } from '#control/solve.ts'

const folder = resolve(import.meta.dirname, '../../lessons')
const library = readLessons(folder)
const workshop = await openWorkshop(null)

describe('the lessons', () => {
  test('are read without a problem, and every term of theirs is in the glossary', () => {
    expect(library.problems).toEqual([])
    expect(library.lessons.length).toBeGreaterThan(0)
  })

  test.each(library.lessons.map((lesson) => [lesson.id, lesson] as const))(
    '%s is proved',
    async (_id, lesson) => {
      expect((await solveLesson(lesson, folder, (system) => playLab(workshop, system))).problems).toEqual([])
    },
  )

  test.each(library.lessons.map((lesson) => [lesson.id, lesson] as const))(
    '%s has at least three wrong ways',
    (id) => {
      expect(readdirSync(join(folder, id, 'wrong')).length).toBeGreaterThanOrEqual(3)
    },
  )

  test('name only views that the page has', () => {
    const page = readdirSync(resolve(folder, '../web/views'))
    expect(views.filter((view) => !page.includes(view))).toEqual([])
    const head = 'title: T\nsystem: two-offices\nterms: []\nrfc: []\nshow: [stage, telescope]\n'
    const [problem] = parseLesson(`---\n${head}---\n`, 'lesson.en.md').problems
    expect(problem?.message).toMatch(/^show\.1: there is no view "telescope"; there are stage, terminal, /)
  })

  test('say everything in both languages', () => {
    for (const { html, tasks, title } of library.lessons) {
      expect(html.zh).toMatch(/\p{Script=Han}/u)
      expect(title.zh).toMatch(/\p{Script=Han}/u)
      for (const task of tasks) expect(task.text.zh).toMatch(/\p{Script=Han}/u)
    }
    for (const { meaning } of library.glossary) expect(meaning.zh).toMatch(/\p{Script=Han}/u)
  })
})

describe('the demos', () => {
  const scenarios = readdirSync(join(folder, 'scenarios'))
  test.each(scenarios)('%s holds', async (name) => {
    const lab = await playLab(workshop, 'two-offices')
    const result = await runScenarioText(lab, readFileSync(join(folder, 'scenarios', name), 'utf8'), name)
    await lab.stop()
    expect(result).toMatchObject({ ok: true, held: true })
  })
})
