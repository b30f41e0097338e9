// A trace is kept in many forms; each tells the same conversation, and none of them lets mail become markup.
import { describe, expect, test } from 'vitest'
import type { TraceEvent, TraceFact } from '#trace/events.ts'
import { exporters } from '#trace/export/index.ts'

const facts: TraceFact[] = [
  {
    type: 'net.connected',
    connection: 'c1',
    from: { host: 'laptop.example.com', address: '192.0.2.50', port: 50000 },
    to: { host: 'mail.example.com', address: '192.0.2.10', port: 25 },
  },
  {
    type: 'smtpd.opened',
    session: 's1',
    connection: 'c1',
    service: 'smtp',
    port: 25,
    client: { name: 'laptop.example.com', address: '192.0.2.50', port: 50000 },
  },
  {
    type: 'smtpd.reply',
    session: 's1',
    reply: { code: '220', status: null, lines: ['mail.example.com ESMTP Postfix'] },
    unasked: true,
  },
  { type: 'smtpd.command', session: 's1', line: 'EHLO <script>alert(1)</script>; #x', verb: 'EHLO' },
  {
    type: 'smtpd.reply',
    session: 's1',
    reply: { code: '250', status: null, lines: ['mail.example.com', 'CHUNKING'] },
  },
  { type: 'smtpd.command', session: 's1', line: 'QUIT', verb: 'QUIT' },
  { type: 'smtpd.reply', session: 's1', reply: { code: '221', status: '2.0.0', lines: ['Bye'] } },
]
const events: TraceEvent[] = facts.map((fact, i) => ({
  seq: i + 1,
  at: Date.UTC(2026, 0, 1) + i * 1000,
  host: 'mail.example.com',
  ...fact,
}))

const write = (format: string) => exporters.get(format)?.write(events, 'a trace') ?? ''

describe('an exported trace', () => {
  test('reads as a transcript with C: and S:', () => {
    expect(write('txt')).toBe(
      [
        '== 00:00:01.000  laptop.example.com → mail.example.com:25 (smtp), session s1',
        'S: 220 mail.example.com ESMTP Postfix',
        'C: EHLO <script>alert(1)</script>; #x',
        'S: 250-mail.example.com',
        'S: 250 CHUNKING',
        'C: QUIT',
        'S: 221 2.0.0 Bye',
        '',
      ].join('\n'),
    )
  })

  test.each(['html', 'svg', 'mermaid'])('lets no word of a client become markup: %s', (format) => {
    const text = String(write(format))
    expect(text).not.toContain('<script>alert')
    expect(text).toContain('221 2.0.0 Bye')
  })

  test('draws an arrow for each command and each reply', () => {
    const arrows = String(write('mermaid'))
      .split('\n')
      .filter((line) => line.includes('>>'))
    expect(arrows).toHaveLength(5)
    expect(String(write('svg')).match(/marker-end/g)).toHaveLength(5)
  })

  test('is the same trace again as JSON Lines', () => {
    const lines = String(write('jsonl')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as TraceEvent)).toEqual(events)
  })
})
