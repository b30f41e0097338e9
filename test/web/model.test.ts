// What the page makes of a trace: a world at any moment, the moments to show, and the marks on the timeline.
import { describe, expect, test } from 'vitest'
import { fold } from '#trace/fold.ts'
import type { TraceEvent } from '#trace/events.ts'
import { replyClassOf } from '#web/model/marks.ts'
import { isMoment, momentOf } from '#web/model/moments.ts'
import { verbsNow } from '#web/views/machine-chart/charts.ts'
import { rungsOf } from '#web/views/ladder/ladder.ts'
import { pendingDeletions } from '#web/views/mailbox-glass/pending.ts'
import { trays } from '#web/views/mailbox-glass/trays.ts'
import { anatomyOf } from '#web/views/message-anatomy/anatomy.ts'
import { ghostOf, suggestions } from '#web/views/terminal/completion.ts'
import { timelineMarks } from '#web/views/timeline/marks.ts'
import { fixture } from './fixtures.ts'

const events = fixture()
const world = fold(events)
const upTo = (line: string) => {
  const at = events.findIndex((event) => 'line' in event && event.line === line)
  return fold(events.slice(0, at + 3))
}
const the = (type: TraceEvent['type'], nth = 0): TraceEvent => {
  const found = events.filter((event) => event.type === type)[nth]
  if (found === undefined) throw new Error(`the fixture has no ${type}`)
  return found
}
const momentAt = (event: TraceEvent) => momentOf(event, fold(events.slice(0, event.seq - 1)))

describe('the moments of a letter', () => {
  test('begin at the laptop and go to the submission port', () => {
    const moment = momentAt(the('smtpd.command'))
    expect(moment).toMatchObject({
      kind: 'command',
      text: 'EHLO',
      from: { at: 'host', host: 'laptop.example.com' },
      to: { at: 'door', host: 'mail.example.com', port: 587 },
    })
  })

  test('show a delivery agent as the client of the next server', () => {
    const third = events.filter((event) => event.type === 'smtpd.command' && event.session === 's3')[0]
    expect(third && momentAt(third)?.from).toEqual({ at: 'agent', host: 'mail.example.com', agent: 'smtp' })
  })

  test('carry the letter itself when the data come, and when POP3 fetches it', () => {
    expect(momentAt(the('smtpd.data'))?.kind).toBe('letter')
    const fetched = events.find((event) => event.type === 'pop3d.reply' && event.reply.lines.length > 5)
    expect(fetched && momentAt(fetched)).toMatchObject({
      kind: 'letter',
      to: { at: 'outside', address: '127.0.0.5' },
    })
  })

  test('leave out what moves nothing', () => {
    expect(isMoment(the('restriction.verdict'))).toBe(false)
    expect(isMoment(the('queue.recipient'))).toBe(false)
  })

  test('seal a bounce with the null return-path', () => {
    const bounce: TraceEvent[] = [
      {
        seq: 1,
        at: 0,
        host: 'a',
        journey: 'j',
        type: 'queue.created',
        queueId: 'B1',
        origin: 'bounce',
        sender: '',
        size: 1,
      },
      {
        seq: 2,
        at: 0,
        host: 'a',
        journey: 'j',
        type: 'queue.moved',
        queueId: 'B1',
        from: null,
        to: 'incoming',
      },
    ]
    const moved = bounce[1]
    expect(moved && momentOf(moved, fold(bounce.slice(0, 1)))?.sealed).toBe('null')
  })
})

describe('the mark of a reply', () => {
  test.each([
    ['250', null, '2xx'],
    ['354', null, '3xx'],
    ['450', '4.2.0', '4xx'],
    ['554', '5.7.1', '5xx'],
    ['+OK', null, '2xx'],
    ['-ERR', null, '5xx'],
    ['-ERR', '[IN-USE]', '4xx'],
    ['NO', '[UNAVAILABLE]', '4xx'],
    ['+', null, '3xx'],
    ['*', null, null],
  ])('%s %s has the shape of %s', (code, status, mark) => {
    expect(replyClassOf({ code, status })).toBe(mark)
  })
})

describe('the ladder', () => {
  const session = world.sessions.get('s1')
  const rungs = session ? rungsOf(session) : []

  test('has the greeting, every command and every reply in order', () => {
    expect(rungs.slice(0, 3).map(({ from, verb, code }) => [from, verb ?? code])).toEqual([
      ['server', '220'],
      ['client', 'EHLO'],
      ['server', '250'],
    ])
  })

  test('says which reply has reasons, and to which state it led', () => {
    expect(rungs.find(({ code }) => code === '554')?.reasoned).toBe(true)
    expect(rungs.find(({ text }) => text === 'Bye' || text.endsWith('Bye'))?.state).toBe('closed')
  })
})

describe('the chart that the page steps', () => {
  test('offers RCPT and no DATA after MAIL', () => {
    const session = upTo('MAIL FROM:<alice@example.com>').sessions.get('s1')
    const verbs = session ? verbsNow(session) : null
    expect(verbs).toContain('RCPT')
    expect(verbs).not.toContain('DATA')
  })

  test('completes what may come now', () => {
    const session = upTo('MAIL FROM:<alice@example.com>').sessions.get('s1') ?? null
    const offered = suggestions('smtp', session, 'laptop.example.com')
    expect(ghostOf('rc', offered)).toBe('PT TO:<carol@example.org>')
    expect(ghostOf('DA', offered)).toBe('')
  })
})

describe('mailboxes through glass', () => {
  test('show the letter that RETR has moved from new to cur, and DELE as pending', () => {
    const box = world.mailboxes.get('mail.example.com/bob/INBOX')
    expect(trays(box).seen).toHaveLength(1)
    expect([...pendingDeletions(world)]).toEqual([['mail.example.com/bob/INBOX', new Set([0])]])
  })
})

describe('a letter taken apart', () => {
  test('has folded fields on one line, and its body as it came', () => {
    const { header, body } = anatomyOf('Received: from a\n\tby b\nSubject: x\n\n<script>alert(1)</script>\n')
    expect(header).toEqual([
      { name: 'Received', value: 'from a by b' },
      { name: 'Subject', value: 'x' },
    ])
    expect(body).toBe('<script>alert(1)</script>\n')
  })
})

describe('the timeline', () => {
  test('marks the refusal, the greylisting, the logins and both deliveries', () => {
    const kinds = timelineMarks(events, 0, events.length).map(({ kind }) => kind)
    expect(kinds).toEqual(['login', 'refused', 'delivered', 'later', 'delivered', 'login'])
  })
})
