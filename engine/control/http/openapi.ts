/** The OpenAPI document at `/api/openapi.json`: made from the routes and the schemas themselves, so that it cannot lag behind. */
import { toJsonSchema } from '@valibot/to-json-schema'
import type { GenericSchema } from 'valibot'
import { traceFact } from '#trace/events.ts'
import { controlRequest } from '#trace/requests.ts'
import type { Route } from './route.ts'

export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}').replace('*', '{path}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  paths['/api/labs/{id}/stream'] = {
    get: {
      summary:
        'WebSocket: trace events out in batches (`?from=SEQ`), requests in. See TraceEvent and ControlRequest.',
      parameters: [parameter('id'), { name: 'from', in: 'query', schema: { type: 'integer', minimum: 0 } }],
      responses: { 101: { description: 'switches to WebSocket' }, 403: { description: 'a foreign origin' } },
    },
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mailscope',
      version,
      description: 'A mail system that one can see through: labs, hosts, traces, lessons.',
    },
    paths,
    components: {
      schemas: {
        TraceFact: schema(traceFact),
        TraceEvent: {
          description:
            'A fact with its stamp: seq (one order for the whole lab), at (lab time, ms since 1970), host, journey.',
          allOf: [
            {
              type: 'object',
              required: ['seq', 'at'],
              properties: {
                seq: { type: 'integer' },
                at: { type: 'number' },
                host: { type: 'string' },
                journey: { type: 'string' },
              },
            },
            { $ref: '#/components/schemas/TraceFact' },
          ],
        },
        ControlRequest: schema(controlRequest),
        Problem: {
          type: 'object',
          required: ['status', 'title', 'detail'],
          properties: {
            status: { type: 'integer' },
            title: { type: 'string' },
            detail: { type: 'string' },
            field: { type: 'string', description: 'the field that is wrong, as in hosts[1].address' },
            problems: {
              type: 'array',
              items: {
                type: 'object',
                properties: { field: { type: 'string' }, message: { type: 'string' } },
              },
            },
          },
        },
      },
    },
  }
}

const schema = (of: GenericSchema): object => {
  const { $schema: _, ...rest } = toJsonSchema(of, { errorMode: 'ignore' })
  return rest
}

function operation(route: Route): object {
  const names = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
  const parameters = [...names, ...(route.path.endsWith('*') ? ['path'] : [])].map(parameter)
  const answers = Object.entries(route.answers).map(([status, description]) => [
    status,
    Number(status) < 400
      ? { description }
      : {
          description,
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
  ])
  const body =
    route.body === undefined
      ? {}
      : { requestBody: { content: { 'application/json': { schema: withoutDialect(route.body()) } } } }
  return { summary: route.summary, parameters, ...body, responses: Object.fromEntries(answers) as object }
}

const parameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } })

function withoutDialect(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([key]) => key !== '$schema'))
}
