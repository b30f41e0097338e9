/** The commands of `mailscope`, each loaded only when it is asked for: `up` need not read what `export` needs. */
import type { Command } from './command.ts'
import { named } from '#protocol/named.ts'

export const loaders: Readonly<Record<string, () => Promise<Command>>> = named({
  up: async () => (await import('./up.ts')).up,
  run: async () => (await import('./run.ts')).run,
  check: async () => (await import('./check.ts')).check,
  solve: async () => (await import('./solve.ts')).solve,
  export: async () => (await import('./export.ts')).exportCommand,
})
