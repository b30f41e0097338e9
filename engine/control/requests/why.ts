/** What would have turned a reply around. The page itself explains the rest, from the facts that it has. */
import type { RequestHandler } from './context.ts'

export const whyFlips: RequestHandler<'why.flips'> = ({ seq }, { lab }) => lab.flips(seq)
