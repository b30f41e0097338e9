/** Lessons and glossary over HTTP: our own Markdown, rendered here, never mail. */
import type { LessonLibrary } from '#control/lesson-library.ts'
import { HttpProblem } from './problem.ts'
import { json, type Route } from './route.ts'

export type { LessonLibrary } from '#control/lesson-library.ts'

export function lessonRoutes({ lessons, glossary }: LessonLibrary): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/lessons',
      summary: 'All lessons in both languages: text, tasks, checks, terms.',
      answers: { 200: '{"lessons"}' },
      handle: () => json({ lessons }),
    },
    {
      method: 'GET',
      path: '/api/lessons/:chapter/:lesson',
      summary: 'One lesson in one language (`lang=en` or `lang=zh`).',
      answers: { 200: '{"title","html","tasks","terms","rfc","show"}', 404: 'no such lesson' },
      handle({ parameters, url }) {
        const id = `${parameters['chapter'] ?? ''}/${parameters['lesson'] ?? ''}`
        const lesson = lessons.find((one) => one.id === id)
        if (lesson === undefined) throw new HttpProblem(404, 'No such lesson', `there is no lesson ${id}`)
        const language = url.searchParams.get('lang') === 'zh' ? 'zh' : 'en'
        const { chapter, system, terms, rfc, show } = lesson
        const tasks = lesson.tasks.map(({ id: task, text, hints, check }) => ({
          id: task,
          text: text[language],
          hints: hints.map((hint) => hint[language]),
          check,
        }))
        const title = lesson.title[language]
        return json({ id, chapter, title, html: lesson.html[language], system, terms, rfc, show, tasks })
      },
    },
    {
      method: 'GET',
      path: '/api/glossary',
      summary: 'Every term of the field: its name, one sentence, and where a standard says so.',
      answers: { 200: '{"terms"}' },
      handle: () => json({ terms: glossary }),
    },
  ]
}
