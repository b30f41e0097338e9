/**
 * One lesson in one language: a head in YAML, a text in Markdown, and tasks in fenced blocks of their own.
 * `lessons/README.md` tells how to write one.
 */
import { marked } from 'marked'
import { LineCounter, parseDocument } from 'yaml'
import * as v from 'valibot'
import type { Problem } from '#config/problem.ts'
import { parseCheck } from '#scenario/checks.ts'

export type TaskText = {
  readonly id: string
  readonly text: string
  readonly hints: readonly string[]
  readonly check: string
}

export type LessonText = {
  readonly title: string
  readonly system: string
  readonly terms: readonly string[]
  readonly rfc: readonly string[]
  readonly show: readonly string[]
  readonly html: string
  readonly tasks: readonly TaskText[]
}

/** The views of the page that a lesson may open: each has the name of its folder under `web/views`. */
export const views = [
  'stage',
  'terminal',
  'ladder',
  'machine-chart',
  'queue-board',
  'mailbox-glass',
  'maillog',
  'inspector',
] as const

const head = v.strictObject({
  title: v.string(),
  system: v.string(),
  terms: v.array(v.string()),
  rfc: v.array(v.string()),
  show: v.array(
    v.picklist(views, (issue) => `there is no view ${issue.received}; there are ${views.join(', ')}`),
  ),
})

/** `problems` is empty where `lesson` may be shown. */
export function parseLesson(
  text: string,
  file: string,
): { lesson: LessonText | null; problems: readonly Problem[] } {
  const problems: Problem[] = []
  const wrong = (line: number, message: string, column = 1) =>
    void problems.push({ file, line, column, message, severity: 'fatal' })

  const lines = text.split(/\r?\n/)
  const end = lines.indexOf('---', 1)
  if (lines[0] !== '---' || end === -1) {
    wrong(1, 'a lesson begins with a head between two lines "---"')
    return { lesson: null, problems }
  }
  const counter = new LineCounter()
  const document = parseDocument(lines.slice(1, end).join('\n'), { lineCounter: counter })
  for (const error of document.errors) {
    const { line, col } = counter.linePos(error.pos[0])
    wrong(line + 1, error.message.split('\n')[0] ?? 'is not YAML', col)
  }
  const read = v.safeParse(head, document.errors.length > 0 ? null : document.toJS({ maxAliasCount: 0 }))
  if (!read.success) {
    const issue = read.issues[0]
    if (problems.length === 0) wrong(2, `${v.getDotPath(issue) ?? 'the head'}: ${issue.message}`)
    return { lesson: null, problems }
  }
  const { markdown, tasks } = takeTasks(lines, end + 1, wrong)
  const html = marked.parse(markdown, { async: false, gfm: true })
  return { lesson: problems.length > 0 ? null : { ...read.output, html, tasks }, problems }
}

/** Takes the task blocks out of the text. */
function takeTasks(lines: readonly string[], from: number, wrong: (line: number, message: string) => void) {
  const markdown: string[] = []
  const tasks: TaskText[] = []
  for (let i = from; i < lines.length; i++) {
    const id = /^```task\s+([a-z][a-z0-9-]*)\s*$/.exec(lines[i] ?? '')?.[1]
    if (id === undefined) {
      markdown.push(lines[i] ?? '')
      continue
    }
    const end = lines.indexOf('```', i + 1)
    if (end === -1) {
      wrong(i + 1, 'this task never ends: a line ``` is missing')
      break
    }
    const task = readTask(id, lines.slice(i + 1, end))
    const check = parseCheck(task.check)
    if (typeof check === 'string') wrong(i + 1, `task ${id}: ${check}`)
    if (tasks.some((other) => other.id === id)) wrong(i + 1, `two tasks are called ${id}`)
    tasks.push(task)
    i = end
  }
  return { markdown: markdown.join('\n'), tasks }
}

function readTask(id: string, lines: readonly string[]): TaskText {
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word}:`)).map((line) => line.slice(word.length + 1).trim())
  const text = lines.filter((line) => !/^(?:hint|check):/.test(line)).join(' ')
  return { id, text: text.trim(), hints: after('hint'), check: after('check').join(' ') }
}
