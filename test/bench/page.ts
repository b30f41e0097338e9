/** What the page costs: JavaScript of the first load, and the time from an event of the engine to its paint. */
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from '@playwright/test'
import { chromiumArguments, chromiumPath } from '../chromium.ts'
import { removeFolder, startMailscope } from '../lab/start.ts'

const built = resolve(import.meta.dirname, '../../dist/web')

/** Bytes, gzip level 9, of the script that index.html names and of what it preloads. */
export function firstLoad(): number {
  const html = readFileSync(join(built, 'index.html'), 'utf8')
  const names = [...html.matchAll(/(?:src|href)="\/?(assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? '')
  return [...new Set(names)].reduce(
    (sum, name) => sum + gzipSync(readFileSync(join(built, name)), { level: 9 }).length,
    0,
  )
}

export function largestChunk(): { name: string; size: number } {
  const sizes = readdirSync(join(built, 'assets'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, size: gzipSync(readFileSync(join(built, 'assets', name)), { level: 9 }).length }))
  return sizes.sort((a, b) => b.size - a.size)[0] ?? { name: '', size: 0 }
}

export async function measurePage(): Promise<void> {
  const lab = await startMailscope()
  const { name, size } = largestChunk()
  console.log(
    `page: first load ${(firstLoad() / 1024).toFixed(1)} KiB of JavaScript (gzip); largest chunk ${name} ${(size / 1024).toFixed(1)} KiB`,
  )
  const browser = await chromium.launch({
    executablePath: chromiumPath() ?? '/usr/bin/chromium',
    args: [...chromiumArguments],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(lab.url)
    await page.getByRole('button', { name: 'live' }).waitFor()
    const times: number[] = []
    for (let i = 0; i < 20; i++) {
      // The page and the engine share this computer's clock: an event's `at` is its time of birth.
      const painted = page.evaluate(paintAfterNextEvent)
      await page.waitForTimeout(50)
      await fetch(`${lab.url}/api/labs/${lab.lab}/hosts/mail.example.com/run`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"command":"hostname"}',
      })
      times.push(await painted)
    }
    times.sort((a, b) => a - b)
    console.log(
      `page: from engine event to paint, median ${times[10]?.toFixed(0)} ms, worst of 20 ${times.at(-1)?.toFixed(0)} ms`,
    )
  } finally {
    await browser.close()
    await lab.stop()
    removeFolder(lab.data)
  }
}

/** In the page: waits for the next message of a stream of its own, then for two frames; ms since the event happened. */
function paintAfterNextEvent(): Promise<number> {
  return new Promise((resolve) => {
    void fetch('/api/labs')
      .then((answer) => answer.json() as Promise<{ id: string }[]>)
      .then(([lab]) => {
        const socket = new WebSocket(
          `${location.origin.replace('http', 'ws')}/api/labs/${lab?.id ?? ''}/stream?from=999999999`,
        )
        socket.onmessage = ({ data }) => {
          const message = JSON.parse(String(data)) as {
            type: string
            head?: number
            events?: { at: number }[]
          }
          if (message.type === 'hello') {
            socket.close()
            const live = new WebSocket(
              `${location.origin.replace('http', 'ws')}/api/labs/${lab?.id ?? ''}/stream?from=${(message.head ?? 0) + 1}`,
            )
            live.onmessage = (event) => {
              const batch = JSON.parse(String(event.data)) as { type: string; events?: { at: number }[] }
              if (batch.type !== 'events') return
              const born = batch.events?.at(-1)?.at ?? Date.now()
              requestAnimationFrame(() =>
                requestAnimationFrame(() => {
                  live.close()
                  resolve(Date.now() - born)
                }),
              )
            }
          }
        }
      })
  })
}
