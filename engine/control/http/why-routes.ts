/** "Why?" over HTTP: the explanation of one event of a trace. */
import { whyOf } from '#control/why.ts'
import { badField, HttpProblem, notFound } from './problem.ts'
import { json, type Route } from './route.ts'

export const whyRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/labs/:id/why/:seq',
    summary:
      'Why a reply, or the result of a delivery, came out as it did: meaning, cause, trail, and what would turn it around; in en and zh.',
    answers: {
      200: '{"seq","reply","command","meaning","cause","trail","lookups","delivery","flipsTried","flips"}',
      400: 'seq is no whole number, or that event is nothing that has a why',
      404: 'no such lab, or no such event in its trace',
    },
    async handle(call) {
      const lab = call.lab()
      const text = call.parameters.seq ?? ''
      if (!/^\d{1,15}$/.test(text)) throw badField('seq', 'seq must be a whole number')
      const answer = await whyOf(lab, Number(text))
      if (answer.kind === 'why') return json(answer.why)
      if (answer.kind === 'no-event') throw notFound(`the trace has no event ${text}`, 'seq')
      throw new HttpProblem(
        400,
        'Nothing to explain',
        `event ${text} is no reply, result of a delivery, deferral, bounce or failed handshake`,
        { field: 'seq' },
      )
    },
  },
]
