// What the terminal offers while IMAP and ManageSieve are typed by hand, and what it says of the answers.
import { describe, expect, test } from 'vitest'
import { meaningOf, readReply, untaggedKind } from '#trace/meaning.ts'
import { en } from '#trace/words/en.ts'
import { zh } from '#trace/words/zh.ts'
import { commands } from '#protocol/imap/commands/index.ts'
import { ghostOf, oneOfEach, suggestions, verbTyped } from '#web/views/terminal/completion.ts'

describe('typing IMAP', () => {
  test('begins with the next tag', () => {
    const offered = suggestions('imap', null, 'laptop.example.com', { sent: ['a1 CAPABILITY', 'a2 NOOP'] })
    expect(ghostOf('a3 SEL', offered)).toBe('ECT INBOX')
  })

  test('keeps the tag that the learner chose', () => {
    const offered = suggestions('imap', null, 'laptop.example.com', { typed: 'x7 uid fe' })
    expect(ghostOf('x7 uid fe', offered)).toBe('TCH 1:* (FLAGS)')
    expect(verbTyped('x7 uid fetch 1', 'imap')).toBe('FETCH')
  })

  test('shows every verb once, with the syntax of the grammar', () => {
    const shown = oneOfEach(suggestions('imap', null, 'laptop.example.com'))
    expect(new Set(shown.map(({ verb }) => verb)).size).toBe(shown.length)
    for (const { verb, syntax } of shown)
      expect(syntax).toBe(`a1 ${commands[verb as keyof typeof commands].syntax}`)
  })

  test('ManageSieve has no tags', () => {
    const offered = suggestions('sieve', null, 'laptop.example.com')
    expect(ghostOf('LISTS', offered)).toBe('CRIPTS')
  })
})

describe('an answer of IMAP', () => {
  test.each([
    ['a1 OK Logged in', { code: 'OK', status: null }],
    ['a2 NO [TRYCREATE] Mailbox doesn’t exist: x', { code: 'NO', status: 'TRYCREATE' }],
    ['a3 BAD Error in IMAP command NONSENSE', { code: 'BAD', status: null }],
    ['+ idling', { code: '+', status: null }],
  ])('%s is read', (line, expected) => {
    expect(readReply(line, 'imap')).toMatchObject(expected)
  })

  test.each([
    ['* 3 EXISTS', 'EXISTS'],
    ['* OK [UIDVALIDITY 17] UIDs valid', 'UIDVALIDITY'],
    ['* FLAGS (\\Seen)', 'FLAGS'],
    ['* BYE Logging out', 'BYE'],
    ['a1 OK done', null],
  ])('%s tells of %s', (line, kind) => {
    expect(untaggedKind(line)).toBe(kind)
  })

  test('a letter that is read by POP3 may hold any words', () => {
    expect(readReply('Everything OK here')).toBeNull()
  })

  test('means what its code and its status say, in both languages', () => {
    expect(meaningOf({ code: 'OK', status: 'READ-WRITE' }, 'SELECT', en)).toMatch(/is open/)
    expect(meaningOf({ code: 'NO', status: 'TRYCREATE' }, 'COPY', en)).toMatch(/CREATE it first/)
    expect(meaningOf({ code: 'NO', status: 'QUOTA/MAXSIZE' }, 'PUTSCRIPT', zh)).toMatch(/脚本太大/)
    expect(meaningOf({ code: 'BAD', status: null }, 'X', zh)).toBe(zh.imap.codes.BAD)
  })
})
