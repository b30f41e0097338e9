/** Whether a program is on this machine. */
import { execFileSync } from 'node:child_process'

export const installed = (program: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
