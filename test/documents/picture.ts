/** Makes the README's picture from the running program: a letter from alice to both offices, seen on its way. */
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { chromiumArguments, chromiumPath } from '../chromium.ts'
import { removeFolder, startMailscope } from '../lab/start.ts'

const lab = await startMailscope()
const browser = await chromium.launch({
  executablePath: chromiumPath() ?? '/usr/bin/chromium',
  args: [...chromiumArguments],
})
try {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    locale: 'en-US',
  })
  await page.goto(lab.url)
  await page.getByRole('button', { name: /Talk SMTP by hand/ }).click()
  await page.getByRole('button', { name: 'Send one yourself' }).click()
  await page.waitForTimeout(Number(process.argv[2] ?? 6000))
  await page.screenshot({ path: join(import.meta.dirname, 'stage.png') })
} finally {
  await browser.close()
  await lab.stop()
  removeFolder(lab.data)
}
