// The first five minutes of a student, in a real browser against the real engine: a letter typed by hand, watched on its way, seen again.
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { removeFolder, startMailscope, type Running } from '../lab/start.ts'

test.describe.configure({ mode: 'serial', timeout: 120_000 })

let lab: Running

test.beforeAll(async () => {
  lab = await startMailscope()
})

test.afterAll(async () => {
  await lab.stop()
  removeFolder(lab.data)
})

const type = async (page: Page, line: string) => {
  const prompt = page.locator('.prompt input')
  await prompt.fill(line)
  await prompt.press('Enter')
}

const said = (page: Page) => page.getByRole('log', { name: 'What was said' })

async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

test('a student types a letter to carol by hand, watches it arrive, and steps back', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(lab.url)
  await expect(page.getByText('mail.example.com').first()).toBeVisible()
  expect(await violations(page)).toEqual([])

  await page.getByRole('button', { name: /Talk SMTP by hand/ }).click()
  await expect(page.getByRole('heading', { name: 'Talk SMTP by hand' })).toBeVisible()
  expect(await violations(page)).toEqual([])

  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(said(page)).toContainText('220 mail.example.com ESMTP Postfix')
  await type(page, 'EHLO laptop.example.com')
  await expect(said(page)).toContainText('PIPELINING')
  await type(page, 'MAIL FROM:<alice@example.com>')
  await expect(said(page)).toContainText('250 2.1.0 Ok')
  await type(page, 'RCPT TO:<nemo@example.com>')
  await expect(said(page)).toContainText('550 5.1.1')
  await type(page, 'RCPT TO:<carol@example.org>')
  await expect(said(page)).toContainText('250 2.1.5 Ok')
  await type(page, 'DATA')
  await expect(said(page)).toContainText('354 End data with')
  for (const line of [
    'From: Alice <alice@example.com>',
    'To: carol@example.org',
    'Subject: Typed by hand',
    '',
    'Hello, Carol.',
    '.',
  ]) {
    await type(page, line)
  }
  await expect(said(page)).toContainText('250 2.0.0 Ok: queued as')
  await type(page, 'QUIT')
  await expect(said(page)).toContainText('221 2.0.0 Bye')

  await page.getByRole('tab', { name: /^Mailboxes/ }).click()
  await expect(page.getByRole('button', { name: 'Mailbox of carol: 1 new, 0 seen' })).toBeAttached({
    timeout: 90_000,
  })
  expect(await violations(page)).toEqual([])

  await page.getByRole('button', { name: /step back/i }).click()
  await expect(page.getByRole('button', { name: /^live/i })).toHaveAttribute('aria-pressed', 'false')
  expect(await violations(page)).toEqual([])
})

test('the letter that was typed is fetched by POP3 at the second office', async ({ page }) => {
  await page.goto(lab.url)
  await page.getByLabel('To host').selectOption('mx.example.org')
  await page.getByLabel('Port').fill('110')
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(said(page)).toContainText('+OK Dovecot')
  for (const [line, answer] of [
    ['USER carol', '+OK'],
    ['PASS c4rol', '+OK Logged in.'],
    ['STAT', '+OK 1 '],
    ['RETR 1', 'Hello, Carol.'],
    ['QUIT', '+OK Logging out.'],
  ] as const) {
    await type(page, line)
    await expect(said(page)).toContainText(answer)
  }
  const trace = await (await fetch(`${lab.url}/api/labs/${lab.lab}/trace`)).text()
  expect(trace).not.toContain('c4rol')
})

for (const [name, options] of Object.entries({
  'dark, Chinese, 1280×720': { colorScheme: 'dark', locale: 'zh-CN', viewport: { width: 1280, height: 720 } },
  'light, English, a phone': { colorScheme: 'light', locale: 'en-US', viewport: { width: 390, height: 844 } },
} as const)) {
  test(`the page has no accessibility violation: ${name}`, async ({ browser }) => {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    await page.goto(lab.url)
    await page.waitForTimeout(500)
    expect(await violations(page)).toEqual([])
    await context.close()
  })
}
