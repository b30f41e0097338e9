// The views as a person meets them: what is drawn can be read, selected and stepped through with the keyboard.
import { userEvent } from 'vitest/browser'
import { describe, expect, test } from 'vitest'
import { render } from 'vitest-browser-svelte'
import Ladder from '#web/views/ladder/Ladder.svelte'
import MachineChart from '#web/views/machine-chart/MachineChart.svelte'
import MailboxGlass from '#web/views/mailbox-glass/MailboxGlass.svelte'
import EventDetails from '#web/views/inspector/Inspector.svelte'
import StageText from '#web/views/stage/StageText.svelte'
import Timeline from '#web/views/timeline/Timeline.svelte'
import { fixture } from '../web/fixtures.ts'
import Harness from './Harness.svelte'
import { pageAt } from './page-of.ts'

const events = fixture()
const refusal = events.find((event) => event.type === 'smtpd.reply' && event.reply.code === '554')?.seq ?? 0

describe('the ladder', () => {
  test('selects a reply for the whole page, which then says why', async () => {
    const page = pageAt(refusal)
    const ladder = await render(Harness, { page, View: Ladder })
    await ladder.getByRole('button', { name: /554/ }).click()
    expect(page.selection.item).toEqual({ kind: 'event', seq: refusal })

    const details = await render(Harness, { page, View: EventDetails })
    await expect.element(details.getByText('reject_unauth_destination')).toBeVisible()
    await expect.element(details.getByText(/does not relay for you/)).toBeVisible()
  })
})

describe('why', () => {
  const open = async (language: 'en' | 'zh') => {
    const page = pageAt(refusal)
    if (language === 'zh') await page.speak('zh')
    page.select({ kind: 'event', seq: refusal })
    // The engine's answer, as it would come over the wire.
    page.request = async (asked) => {
      if (asked.type !== 'why.flips') throw new Error(asked.type)
      return {
        kept: true,
        flips: [
          {
            flip: { kind: 'network', address: '203.0.113.9' },
            change: { on: 'main.cf', name: 'mynetworks', value: '203.0.113.9' },
            reply: { code: '250', status: '2.1.5', lines: ['Ok'] },
          },
        ],
      }
    }
    return render(Harness, { page, View: EventDetails })
  }

  test('is a list of what was asked, with what it said, and what it rests on', async () => {
    const details = await open('en')
    const items = details.getByRole('list').first().getByRole('listitem')
    await expect.element(items.nth(0)).toHaveTextContent(/permit_mynetworks\s*goes on \(dunno\)/)
    await expect.element(items.nth(2)).toHaveTextContent(/reject_unauth_destination\s*refuses/)
    await expect.element(details.getByText(/would make it an open relay/)).toBeVisible()
  })

  test('tries changes when it is asked to with the keyboard', async () => {
    const details = await open('en')
    const button = details.getByRole('button', { name: 'Try it out' })
    button.element().focus()
    await userEvent.keyboard('{Enter}')
    await expect.element(details.getByText('If 203.0.113.9 were in mynetworks.')).toBeVisible()
    await expect.element(details.getByText('mynetworks = 203.0.113.9')).toBeVisible()
    expect(document.activeElement?.textContent).toContain('250 2.1.5 Ok')
  })

  test('is said in Chinese', async () => {
    const details = await open('zh')
    await expect.element(details.getByText('客户端地址在 $mynetworks 之内则放行。')).toBeVisible()
    await details.getByRole('button', { name: '试一试' }).click()
    await expect.element(details.getByText('若 203.0.113.9 在 mynetworks 之内。')).toBeVisible()
  })
})

describe('the chart', () => {
  test('names the state and the verbs that may come next', async () => {
    const page = pageAt(refusal)
    const chart = await render(Harness, { page, View: MachineChart })
    await expect.element(chart.getByRole('img', { name: /in the state mail$/ })).toBeVisible()
    await expect.element(chart.getByText('RCPT', { exact: true }).first()).toBeVisible()
  })
})

describe('the mailboxes', () => {
  test('show what DELE has marked and QUIT has not yet removed', async () => {
    const glass = await render(Harness, { page: pageAt(), View: MailboxGlass })
    await expect.element(glass.getByText('1 marked by DELE; removed at QUIT')).toBeVisible()
  })
})

describe('the stage in words', () => {
  test('counts what waits in each queue', async () => {
    const moved = events.find((event) => event.type === 'queue.moved' && event.to === 'active')?.seq
    const stage = await render(Harness, { page: pageAt(moved), View: StageText })
    const row = stage.getByRole('row', { name: /mail\.example\.com/ }).first()
    await expect.element(row).toHaveTextContent(/192\.0\.2\.10\s*0\s*1\s*0\s*0/)
  })
})

describe('the timeline', () => {
  test('goes back by one moment, and forward again, with the arrow keys', async () => {
    const page = pageAt()
    const timeline = await render(Harness, { page, View: Timeline })
    const slider = timeline.getByRole('slider')
    const end = page.timeline.position
    ;(slider.element() as HTMLElement).focus()
    const press = (key: string) =>
      slider.element().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    press('ArrowLeft')
    press('ArrowLeft')
    expect(page.timeline.position).toBeLessThan(end)
    const before = page.timeline.position
    press('ArrowRight')
    await expect.poll(() => page.playback.state).toBe('paused')
    expect(page.timeline.position).toBeGreaterThan(before)
    press('Home')
    expect(page.timeline.position).toBe(0)
    press('End')
    expect(page.playback.state).toBe('live')
  })

  test('shows the same world whether one came from before or from after', () => {
    const forward = pageAt(refusal).world
    const page = pageAt()
    page.playback.seek(refusal)
    expect(page.world).toEqual(forward)
  })
})
