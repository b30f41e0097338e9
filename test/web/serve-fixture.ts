/**
 * Serves the built page with the recorded trace of `fixtures.ts` in place of an engine: to look at the page, and at
 * states that are hard to reach. `npx tsx test/web/serve-fixture.ts [PORT] [all|half|empty|many]`
 */
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import sirv from 'sirv'
import { WebSocketServer } from 'ws'
import type { StreamMessage } from '#trace/requests.ts'
import { fixture } from './fixtures.ts'

const [port = '8123', amount = 'all'] = process.argv.slice(2)
const all = fixture()
const events = amount === 'empty' ? all.slice(0, 1) : amount === 'half' ? all.slice(0, 46) : all

const page = sirv(resolve(import.meta.dirname, '../../dist/web'), { single: true, dev: true })
const lab = { id: 'two-offices', title: { en: 'Two offices', zh: '两个公司' } }
const lesson = {
  id: '01-smtp/01-talk',
  chapter: '01-smtp',
  title: { en: 'Talk SMTP by hand', zh: '手工与 SMTP 对话' },
  html: {
    en: '<p>A mail server waits for lines of text. <code>telnet</code> is enough to speak with it.</p><p>Connect from <code>laptop.example.com</code> to <code>mail.example.com</code>, port 25, and say who you are:</p><pre><code>EHLO laptop.example.com</code></pre><p>The server answers with a list of what it can do.</p>',
    zh: '<p>邮件服务器等待一行一行的文字，用 <code>telnet</code> 就能与它对话。</p><pre><code>EHLO laptop.example.com</code></pre>',
  },
  terms: [],
  rfc: ['RFC 5321 §3.1'],
  show: ['ladder'],
  tasks: [
    {
      id: 'greet',
      text: { en: 'Greet the server with EHLO.', zh: '用 EHLO 问候服务器。' },
      hints: [{ en: 'EHLO takes the name of your own host.', zh: 'EHLO 后面是你自己主机的名字。' }],
      check: 'session smtpd command EHLO',
    },
    {
      id: 'arrive',
      text: { en: 'Make a letter arrive in the mailbox of bob.', zh: '让一封信进入 bob 的邮箱。' },
      hints: [],
      check: 'mailbox bob/INBOX has at least 1 message',
    },
  ],
}
const server = createServer((request, response) => {
  const answers: Record<string, unknown> = {
    '/api/labs': [lab],
    '/api/lessons': { lessons: [lesson] },
    '/api/glossary': { terms: [] },
  }
  const answer = answers[request.url ?? '']
  if (answer === undefined) {
    page(request, response)
    return
  }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(answer))
})

new WebSocketServer({ server }).on('connection', (socket, request) => {
  const from = Number(new URL(request.url ?? '', 'http://x').searchParams.get('from') ?? 0)
  const send = (message: StreamMessage) => socket.send(JSON.stringify(message))
  send({ type: 'hello', version: 1, lab: lab.id, from, head: events.length })
  send({ type: 'events', events: events.filter(({ seq }) => seq > from) })
})
server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/`))
