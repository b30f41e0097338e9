/** What an operator asks: is it alive, how much does it carry, what is its contract. */
import type { Labs } from '#control/labs.ts'
import { openApi } from './openapi.ts'
import { json, type Route } from './route.ts'

export function serviceRoutes(version: string, all: () => readonly Route[]): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      summary: 'Whether the engine runs.',
      answers: { 200: '{"status":"ok"}' },
      handle: ({ labs }) => json({ status: 'ok', version, labs: labs.all().length }),
    },
    {
      method: 'GET',
      path: '/metrics',
      summary: 'Figures for Prometheus.',
      answers: { 200: 'text exposition format 0.0.4' },
      handle: ({ labs }) => ({ type: 'text/plain; version=0.0.4; charset=utf-8', body: metrics(labs) }),
    },
    {
      method: 'GET',
      path: '/api/openapi.json',
      summary: 'This contract, as OpenAPI 3.1.',
      answers: { 200: 'the document' },
      handle: () => json(openApi(all(), version)),
    },
  ]
}

function metrics(labs: Labs): string {
  const memory = process.memoryUsage()
  const gauge = (name: string, help: string, rows: readonly (readonly [labels: string, value: number])[]) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...rows.map(([labels, value]) => `${name}${labels} ${value}`),
  ]
  return [
    ...gauge('mailscope_labs', 'Labs that run.', [['', labs.all().length]]),
    ...gauge(
      'mailscope_trace_events',
      'Events in the trace of a lab.',
      labs.all().map((lab) => [`{lab="${lab.id}"}`, lab.trace.head]),
    ),
    ...gauge(
      'mailscope_published_ports',
      'Ports of this computer that lead into a lab.',
      labs.all().map((lab) => [`{lab="${lab.id}"}`, lab.published.length]),
    ),
    ...gauge('process_resident_memory_bytes', 'Memory that the engine holds.', [['', memory.rss]]),
    ...gauge('nodejs_heap_used_bytes', 'Heap that is in use.', [['', memory.heapUsed]]),
    ...gauge('process_uptime_seconds', 'Seconds since the engine started.', [
      ['', Math.round(process.uptime())],
    ]),
    '',
  ].join('\n')
}
