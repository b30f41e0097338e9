/** Says in the lab's trace what a mail client fetched over HTTP: part of what the door has to show. */
import type { LabHandle } from '#control/lab-handle.ts'
import type { FactOf } from '#trace/events.ts'
import type { Call } from './route.ts'

const longest = 254

export function tellDoor(
  call: Call,
  lab: LabHandle,
  what: FactOf<'door.asked'>['what'],
  address: string | null,
): void {
  lab.emit({
    type: 'door.asked',
    what,
    from: call.request.socket.remoteAddress ?? '',
    address: address?.slice(0, longest) ?? null,
    client: (call.request.headers['user-agent'] ?? '').slice(0, longest),
  })
}
