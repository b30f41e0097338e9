// Checks ask the world what has become of a letter; a no comes with its reason, in both languages.
import { describe, expect, test } from 'vitest'
import { judge, parseCheck } from '#scenario/checks.ts'
import { fold } from '#trace/fold.ts'
import { letters } from '../trace/sample.ts'

const events = letters(1)
const world = fold(events)

function ask(text: string) {
  const check = parseCheck(text)
  if (typeof check === 'string') throw new Error(check)
  return judge(check, world, events)
}

describe('a check', () => {
  test.each([
    'mailbox carol/INBOX has 1 message',
    'mailbox carol/INBOX on mx.example.org has at least 1 message where Subject: hel*',
    'mailbox bob/INBOX has no messages',
    'session got 554 to RCPT',
    'session from laptop.example.com to mail.example.com:587 got 5xx to RCPT',
    'session to mail.example.com got 250 to DOT',
    'queue mail.example.com deferred has no messages',
    'expect smtpd.reply code=554 status=5.7.1',
    'expect restriction.verdict name=reject_unauth_* verdict=reject',
    'expect not queue.moved to=deferred',
  ])('holds: %s', (text) => expect(ask(text)).toEqual({ done: true, why: { en: '', zh: '' } }))

  test.each([
    ['mailbox carol/INBOX has 2 messages', "carol's INBOX holds 1 messages", '有 1 封邮件'],
    ['mailbox carol/INBOX has 1 message where To: dave@*', 'with To: dave@*', 'To: dave@*'],
    ['mailbox carol/INBOX on mail.example.com has 1 message', 'holds 0', '0'],
    ['session to mx.example.org:587 got 250 to EHLO', 'Nobody has connected', '还没有人连接'],
    ['session from laptop.example.com got 250 to VRFY', 'VRFY has not been sent', '还没有'],
    ['session from laptop.example.com got 4xx to RCPT', 'was answered with 250', '250'],
    ['queue mx.example.org hold has 1 message', 'holds 0 messages', '0 封邮件'],
    ['expect bounce.created', 'has not happened yet', '还没有发生'],
    ['expect not queue.removed', 'did happen', '发生了'],
  ])('does not hold, and says why: %s', (text, en, zh) => {
    const { done, why } = ask(text)
    expect(done).toBe(false)
    expect(why.en).toContain(en)
    expect(why.zh).toContain(zh)
  })

  test.each([
    '',
    'letter to bob',
    'mailbox bob',
    'session got 250',
    'queue has 1 message',
    'expect',
    'session got abc to RCPT',
  ])('that nobody can understand is refused with a sentence: %j', (text) =>
    expect(parseCheck(text)).toBeTypeOf('string'),
  )
})
