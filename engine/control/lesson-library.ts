/** The lessons and the glossary, read from `lessons/`: each lesson in both languages, each problem with its place. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import * as v from 'valibot'
import type { Problem } from '#config/problem.ts'
import { parseLesson, type LessonText } from './lesson.ts'

type Both = { readonly en: string; readonly zh: string }

export type Lesson = {
  /** `01-smtp/01-talk-smtp-by-hand`: its folder under `lessons/`. */
  readonly id: string
  readonly chapter: string
  readonly title: Both
  readonly html: Both
  readonly system: string
  readonly terms: readonly string[]
  readonly rfc: readonly string[]
  readonly show: readonly string[]
  readonly tasks: readonly {
    readonly id: string
    readonly text: Both
    readonly hints: readonly Both[]
    readonly check: string
  }[]
}

export type Term = {
  readonly term: string
  /** What it stands for, and its name in Chinese. */
  readonly name: Both
  readonly meaning: Both
  /** Where a standard or a manual says so. */
  readonly where: string
}

export type LessonLibrary = {
  readonly lessons: readonly Lesson[]
  readonly glossary: readonly Term[]
  readonly problems: readonly Problem[]
}

export function readLessons(folder: string): LessonLibrary {
  const problems: Problem[] = []
  const glossary = readGlossary(join(folder, 'glossary', 'terms.yaml'), problems)
  const lessons = chaptersOf(folder).flatMap((chapter) =>
    numbered(join(folder, chapter)).flatMap((name) => readLesson(folder, chapter, name, problems) ?? []),
  )
  const known = new Set(glossary.map(({ term }) => term))
  for (const { id, terms } of lessons) {
    for (const term of terms) {
      if (known.has(term)) continue
      problems.push(problem(join(folder, id, 'lesson.en.md'), `the glossary has no term "${term}"`))
    }
  }
  return { lessons, glossary, problems }
}

/** `01-smtp`: folders whose names begin with a number, in its order. */
const numbered = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d\d-/.test(entry.name))
    .map((entry) => entry.name)
    .sort()

const chaptersOf = (folder: string) => (existsSync(folder) ? numbered(folder) : [])

const problem = (file: string, message: string): Problem => ({
  file,
  line: 1,
  column: 1,
  message,
  severity: 'fatal',
})

function readLesson(folder: string, chapter: string, name: string, problems: Problem[]): Lesson | null {
  const id = `${chapter}/${name}`
  const [en, zh] = (['en', 'zh'] as const).map((language): LessonText | null => {
    const file = join(folder, id, `lesson.${language}.md`)
    if (!existsSync(file)) {
      problems.push(problem(file, 'this lesson is missing in this language'))
      return null
    }
    const read = parseLesson(readFileSync(file, 'utf8'), file)
    problems.push(...read.problems)
    return read.lesson
  })
  if (!en || !zh) return null
  const asked = (text: LessonText) => text.tasks.map((task) => `${task.id}: ${task.check}`)
  if (asked(en).join('\n') !== asked(zh).join('\n')) {
    problems.push(
      problem(join(folder, id, 'lesson.zh.md'), 'the tasks and checks of the two languages differ'),
    )
    return null
  }
  return {
    id,
    chapter,
    title: { en: en.title, zh: zh.title },
    html: { en: en.html, zh: zh.html },
    system: en.system,
    terms: en.terms,
    rfc: en.rfc,
    show: en.show,
    tasks: en.tasks.map((task, i) => ({
      id: task.id,
      check: task.check,
      text: { en: task.text, zh: zh.tasks[i]?.text ?? '' },
      hints: task.hints.map((hint, n) => ({ en: hint, zh: zh.tasks[i]?.hints[n] ?? '' })),
    })),
  }
}

const both = v.strictObject({ en: v.string(), zh: v.string() })
const terms = v.array(v.strictObject({ term: v.string(), name: both, meaning: both, where: v.string() }))

function readGlossary(file: string, problems: Problem[]): readonly Term[] {
  if (!existsSync(file)) return []
  try {
    const read = v.safeParse(terms, parseYaml(readFileSync(file, 'utf8')))
    if (read.success) return read.output
    const [issue] = read.issues
    problems.push(problem(file, `${v.getDotPath(issue) ?? 'the glossary'}: ${issue.message}`))
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    const at = error.linePos?.[0] ?? { line: 1, col: 1 }
    problems.push({ ...problem(file, error.message.split('\n')[0] ?? ''), line: at.line, column: at.col })
  }
  return []
}
