/** `mailscope solve [LESSON]`: proves each lesson through real sockets. Exit 0 only if every one is proved. */
import { formatProblem } from '#config/problem.ts'
import { readLessons } from '#control/lesson-library.ts'
import { solveLesson } from '#control/solve.ts'
import { CommandRefused, readWords, type Command } from './command.ts'
import { playLab } from './lab-play.ts'
import { lessonsFolder, shown } from './places.ts'
import { openWorkshop } from './workshop.ts'

export const solve: Command = {
  name: 'solve',
  synopsis: 'solve [LESSON]',
  summary: 'proves each lesson: unsolved before, solved by its own solution, and by none of its wrong ways',
  async run(words) {
    const { positionals } = readWords({ args: [...words], allowPositionals: true, options: {} })
    const library = readLessons(lessonsFolder)
    if (library.problems.length > 0) throw new CommandRefused(library.problems.map(formatProblem).join('\n'))
    const wanted = library.lessons.filter(
      ({ id }) => positionals.length === 0 || positionals.some((word) => id.includes(word)),
    )
    if (wanted.length === 0)
      throw new CommandRefused(`mailscope: there is no lesson ${positionals.join(' ')}`)
    const workshop = await openWorkshop(null)
    let unproved = 0
    for (const lesson of wanted) {
      const { problems } = await solveLesson(lesson, lessonsFolder, (system) => playLab(workshop, system))
      if (problems.length > 0) unproved += 1
      process.stdout.write(`${problems.length === 0 ? 'proved  ' : 'unproved'}  ${lesson.id}\n`)
      for (const problem of problems) process.stdout.write(`          ${shown(problem)}\n`)
    }
    await workshop.close()
    return unproved === 0 ? 0 : 1
  },
}
