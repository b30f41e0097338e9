/** Errors of the HTTP contract: application/problem+json, naming the field. RFC 9457. */
export type ProblemBody = {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly field?: string
  readonly problems?: readonly { readonly field: string; readonly message: string }[]
}

/** Thrown by a handler; the server writes it. */
export class HttpProblem extends Error {
  readonly body: ProblemBody
  constructor(
    status: number,
    title: string,
    detail: string,
    more: Pick<ProblemBody, 'field' | 'problems'> = {},
  ) {
    super(detail)
    this.body = { status, title, detail, ...more }
  }
}

export const notFound = (what: string, field?: string) =>
  new HttpProblem(404, 'Not found', what, field === undefined ? {} : { field })
export const badField = (field: string, detail: string) =>
  new HttpProblem(400, 'Bad request', detail, { field })
