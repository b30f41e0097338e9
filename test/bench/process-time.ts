/** How much of a processor a server has used, with the processes that it started: /proc/PID/stat. Linux only; else nothing. */
import { readdirSync, readFileSync } from 'node:fs'

const ticksAreMilliseconds = 10

/** Milliseconds, in steps of ten. */
export function processorTime(root: number): number {
  const stats = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(name) ?? []) : []))
  const family = new Set([root])
  for (let grown = true; grown;) {
    grown = false
    for (const { pid, parent } of stats) {
      if (family.has(pid) || !family.has(parent)) continue
      family.add(pid)
      grown = true
    }
  }
  const ticks = stats.filter(({ pid }) => family.has(pid)).reduce((sum, { used }) => sum + used, 0)
  return ticks * ticksAreMilliseconds
}

function statOf(pid: string): { pid: number; parent: number; used: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The program's name stands in brackets and may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    // Its own time, and that of children that have ended.
    const used = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0)
    return { pid: Number(pid), parent: Number(fields[1]), used }
  } catch {
    return null
  }
}
