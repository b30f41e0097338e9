/** Builds the web page when it is missing or older than its sources, and never when it is not. */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CommandRefused } from './command.ts'
import { packageFolder, pageFolder } from './places.ts'

/** What the page is made of: the web itself, and the pure folders that it shares with the engine. */
const sources = [
  'web',
  'engine/protocol',
  'engine/trace',
  'engine/scenario',
  'engine/config',
  'engine/tables',
  'lessons/glossary',
  'vite.config.ts',
  'package-lock.json',
]

/** Builds beside the old page and swaps: who reads it meanwhile sees a whole one, and two builds do not mix. */
export async function buildPageIfNeeded(say: (text: string) => void): Promise<void> {
  const index = join(pageFolder, 'index.html')
  const built = existsSync(index) ? statSync(index).mtimeMs : 0
  if (built > 0 && !sources.some((source) => newest(join(packageFolder, source)) > built)) return
  say(built === 0 ? 'Building the page (once) …' : 'The page is older than its sources: building it …')
  // Whatever the shell says: visitors get the page for visitors, not the one for its developers.
  process.env.NODE_ENV = 'production'
  const { build } = await import('vite')
  const fresh = `${pageFolder}.${process.pid}`
  try {
    await build({
      configFile: join(packageFolder, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: fresh, emptyOutDir: true },
    })
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    throw new CommandRefused(
      `mailscope: the page could not be built: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  rmSync(pageFolder, { recursive: true, force: true })
  renameSync(fresh, pageFolder)
}

function newest(path: string): number {
  if (!existsSync(path)) return 0
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return readdirSync(path).reduce((time, name) => Math.max(time, newest(join(path, name))), 0)
}
