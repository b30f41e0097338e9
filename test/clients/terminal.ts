/** A client that wants a terminal gets one, and somebody who reads the screen and types. */
import { spawn } from 'node:child_process'

export type Keys = { readonly when: RegExp; readonly type: string }

/** Types each when the screen has said so since the last; resolves with all that was on the screen. */
export function atTerminal(
  command: string,
  { home, keys = [], seconds = 60 }: { home: string; keys?: readonly Keys[]; seconds?: number },
): Promise<{ readonly code: number | null; readonly screen: string }> {
  const env = { PATH: process.env.PATH ?? '', HOME: home, LANG: 'C.UTF-8', TERM: 'xterm', TZ: 'UTC' }
  const child = spawn('script', ['-qefc', `stty rows 40 cols 120; ${command}`, '/dev/null'], {
    ...{ cwd: home, env, timeout: seconds * 1000 },
  })
  // It may have gone before the last key is typed.
  child.stdin.on('error', () => undefined)
  let screen = ''
  let unread = ''
  let next = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk
    // Colours and movements of the cursor stand between the words.
    unread = (unread + chunk).replace(escapes, ' ').slice(-20_000)
    const wanted = keys[next]
    if (wanted === undefined || !wanted.when.test(unread)) return
    unread = ''
    next++
    child.stdin.write(wanted.type)
  })
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve({ code, screen: screen.replace(escapes, ' ') }))
  })
}

const escapes = /\x1b(?:\[[0-9;?]*[a-zA-Z]|[()][0-9A-B]|[=>])/g
