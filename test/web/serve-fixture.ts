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
const server = createServer((request, response) => {
  const answers: Record<string, unknown> = {
    '/api/labs': [lab],
    '/api/lessons': { lessons: [] },
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
