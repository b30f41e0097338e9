/**
 * `npm test`: everything that CI runs, in the order in which a failure is cheapest to find.
 * Finds a Chromium, or installs Debian's when it may; else says what to install. Ends with one line of counts.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromiumPath } from './chromium.ts'

type Step = { name: string; command: readonly string[] }

const steps: readonly Step[] = [
  { name: 'types', command: ['npm', 'run', '--silent', 'check:types'] },
  { name: 'lint', command: ['npm', 'run', '--silent', 'check:lint'] },
  { name: 'page', command: ['npm', 'run', '--silent', 'build', '--', '--logLevel', 'warn'] },
  { name: 'unit', command: ['npm', 'run', '--silent', 'test:unit'] },
  { name: 'programs', command: ['npm', 'run', '--silent', 'test:programs'] },
  { name: 'browser', command: ['npm', 'run', '--silent', 'test:browser'] },
  { name: 'end to end', command: ['npm', 'run', '--silent', 'test:e2e'] },
]

const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1)

async function main(): Promise<number> {
  const chromium = findOrInstallChromium()
  if (chromium === null) {
    console.error(
      'The browser tests need a Chromium: install one (Debian: apt-get install chromium) or name it in $CHROMIUM.',
    )
    return 1
  }
  process.env.CHROMIUM = chromium
  let passed = 0
  for (const step of steps) {
    const began = performance.now()
    console.log(`\n── ${step.name} ${'─'.repeat(60 - step.name.length)}`)
    const code = await run(step.command)
    console.log(`── ${step.name}: ${code === 0 ? 'passed' : `failed (exit ${code})`} in ${seconds(began)} s`)
    if (code !== 0) {
      console.log(`\n${passed} passed, 1 failed`)
      return 1
    }
    passed += 1
  }
  console.log(`\n${passed} passed, 0 failed`)
  return 0
}

function findOrInstallChromium(): string | null {
  const found = chromiumPath()
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (found !== null || !mayInstall) return found
  console.log('No Chromium found: installing Debian’s.')
  const apt = (...words: string[]) =>
    spawnSync('apt-get', ['-qq', ...words], {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  apt('update')
  apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-cjk', 'fonts-dejavu-core')
  return chromiumPath()
}

function run([program, ...words]: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program ?? '', words, { stdio: 'inherit' })
    child.on('error', () => resolve(127))
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

process.exitCode = await main()
