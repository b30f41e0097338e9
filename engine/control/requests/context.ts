/** What a request of the page may use, and how it is refused. */
import type { LabHandle } from '#control/lab-handle.ts'
import type { Terminals } from '#control/terminals.ts'
import type { ControlRequest, RequestOf } from '#trace/requests.ts'

export type RequestContext = { readonly lab: LabHandle; readonly terminals: Terminals }
export type Result = Readonly<Record<string, unknown>>
export type RequestHandler<T extends ControlRequest['type']> = (
  request: RequestOf<T>,
  context: RequestContext,
) => Result | Promise<Result>

/** Said to the page, with the field that is wrong. */
export class RequestRefused extends Error {
  readonly field: string | null
  constructor(field: string | null, message: string) {
    super(message)
    this.field = field
  }
}
