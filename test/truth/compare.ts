/**
 * `npm run compare`: plays generated SMTP dialogues against a real Postfix and against this engine, and prints where
 * they part. The real one runs in name spaces of its own, which end with this program; nothing of the machine is changed.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { differencesOf } from './compare/differences.ts'
import type { Recorded } from './compare/real.ts'
import { variations } from './compare/variations/index.ts'
import type { SmtpCase } from './smtp-case.ts'
import { playInLab } from './smtp-differences.ts'

const usage = `npm run compare -- [options] [AREA | AREA/NAME]...

  --list        names the dialogues, and plays none
  --keep DIR    writes what the real Postfix answered, in the form of test/truth/recorded/smtp
  --differing   keeps only where the two part
  --jobs N      so many Postfixes at once (2)`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    keep: { type: 'string' },
    differing: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
})

const wanted = variations.filter(
  ({ id }) =>
    positionals.length === 0 ||
    positionals.some((asked) => id === asked || id.startsWith(`${asked}/`) || globbed(asked, id)),
)
if (values.help) console.log(usage)
else if (values.list) for (const { id } of wanted) console.log(id)
else process.exitCode = await compare()

function globbed(asked: string, id: string): boolean {
  if (!asked.includes('*')) return false
  return new RegExp(`^${asked.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(id)
}

/** Why nothing can be compared here; null when it can. */
function missing(): string | null {
  if (process.getuid?.() !== 0) return 'A private name space needs root: run this as root.'
  if (!existsSync('/usr/lib/postfix/sbin/master'))
    return 'There is no Postfix here: apt-get install postfix postfix-pcre sasl2-bin libsasl2-modules.'
  try {
    execFileSync('unshare', ['-m', '-n', '-p', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' })
  } catch {
    return 'unshare may not make name spaces here.'
  }
  return null
}

async function compare(): Promise<number> {
  const why = missing()
  if (why !== null) {
    console.error(why)
    return 2
  }
  if (wanted.length === 0) {
    console.error('No dialogue has that name; --list names them.')
    return 2
  }
  const count = new Map<string, { same: number; all: number }>()
  let left = [...wanted]
  const next = () => {
    const [first, ...rest] = left
    left = rest
    return first
  }
  const judge = async (one: SmtpCase, recorded: Recorded): Promise<void> => {
    const area = one.id.split('/', 1)[0] ?? ''
    const found =
      'failed' in recorded
        ? [`  the real one: ${recorded.failed}`]
        : differencesOf({ ...one, ...recorded }, await patiently(playInLab(one)))
    const { same, all } = count.get(area) ?? { same: 0, all: 0 }
    count.set(area, { same: same + (found.length === 0 ? 1 : 0), all: all + 1 })
    if (found.length > 0) console.log(`${one.id} [${one.main_cf.slice(1).join('; ')}]\n${found.join('\n')}\n`)
    if (values.keep === undefined || 'failed' in recorded || (values.differing && found.length === 0)) return
    const path = join(values.keep, `${one.id}.json`)
    mkdirSync(dirname(path), { recursive: true })
    const { replies, outcome } = recorded
    writeFileSync(path, `${JSON.stringify({ ...one, replies, outcome }, null, 1)}\n`)
  }
  await Promise.all(Array.from({ length: Number(values.jobs) }, () => work(next, judge)))
  const rows = [...count].map(([area, { same, all }]) => `${area.padEnd(14)} ${same} of ${all} the same`)
  console.log(rows.join('\n'))
  return [...count.values()].every(({ same, all }) => same === all) ? 0 : 1
}

/** One real Postfix after another in one set of name spaces. */
async function work(
  next: () => (typeof variations)[number] | undefined,
  judge: (one: SmtpCase, recorded: Recorded) => Promise<void>,
): Promise<void> {
  const words = [
    '-m',
    '-n',
    '-p',
    '--fork',
    '--kill-child',
    '--mount-proc',
    process.execPath,
    '--import',
    'tsx',
  ]
  const house = spawn('unshare', [...words, join(import.meta.dirname, 'compare/real.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const stop = () => house.kill('SIGKILL')
  process.once('exit', stop)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const lines = createInterface(house.stdout)[Symbol.asyncIterator]()
  for (let one = next(); one !== undefined; one = next()) {
    house.stdin.write(`${JSON.stringify(one)}\n`)
    const line = await lines.next()
    if (line.done === true) throw new Error(`the name spaces of the real Postfix are gone (${one.id})`)
    await judge({ ...one, replies: [], outcome: {} }, JSON.parse(line.value) as Recorded)
  }
  house.stdin.end()
  process.off('exit', stop)
}

/** A dialogue that never ends is a difference, too. */
async function patiently<T>(played: Promise<T>): Promise<T | Error> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error('no end within 30 s')), 30_000)
  })
  try {
    return await Promise.race([played, late])
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    clearTimeout(timer)
  }
}
