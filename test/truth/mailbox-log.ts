/** The lines of the mail log that a recording has: without times, processes, sessions, and the recorder's own first look. */
import { mailLogLine } from '#trace/maillog.ts'
import type { TraceEvent, TraceFact } from '#trace/events.ts'

const masks: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\{r\}\/home\//g, '/home/'],
  [/\{r\}\//g, '/r/'],
  [/: Info: /, ': '],
  [/<\d+><[^>]*>/g, '<PID><SESS>'],
  [/\(\d+\)/g, '(PID)'],
  [/(mpid=|pid=|id=|\[)\d+/g, '$1N'],
  [/session=<[^>]*>/g, 'session=<S>'],
  [/\d+ secs/g, 'N secs'],
  // Whether a command says that it waited depends on the disk.
  [/ out=\d+ /g, ' out=N '],
  [/(,127\.0\.0\.\d,(?:master,)?)<[^>]*>/g, '$1<S>'],
]

const masked = (line: string): string =>
  masks.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line)

/** The recorder connected from the server's own address, to see whether it was there. */
const isFirstLook = (line: string): boolean => line.includes('127.0.0.1') && !line.includes('127.0.0.2')

export const recordedLog = (lines: readonly string[]): readonly string[] =>
  lines
    .map(masked)
    .filter((line) => !isFirstLook(line))
    .sort()

export function writtenLog(facts: readonly TraceFact[]): readonly string[] {
  const lines = facts.flatMap((fact) => {
    const event = { ...fact, seq: 1, at: 0, host: 'mx' } as TraceEvent
    const line = mailLogLine(event)
    return line === null ? [] : [line.replace(/^.*? dovecot: /, '')]
  })
  return recordedLog(lines)
}
