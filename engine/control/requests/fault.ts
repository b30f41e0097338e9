/** Breaks the network of the lab on purpose, and mends it. */
import { readFault } from '#control/faults.ts'
import { RequestRefused, type RequestHandler } from './context.ts'

export const faultSet: RequestHandler<'fault.set'> = ({ fault }, { lab }) => {
  const read = readFault(fault)
  if (read === null)
    throw new RequestRefused(
      'fault',
      'write refuse, drop, delay 200ms, throttle 1000 or cut 500, then from, to and port as needed',
    )
  lab.addFault(read)
  return {}
}

export const faultClear: RequestHandler<'fault.clear'> = (_, { lab }) => {
  lab.clearFaults()
  return {}
}
