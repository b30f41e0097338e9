/**
 * Brings the records in a mbox up to date. A change that fits in the room of its message stays there; one that does not
 * takes from the messages after it, and what is left is shared; at the end of the file all concerned get new room.
 */
export type HeaderChange = {
  /** As it is in the file. */
  readonly before: number
  /** Length without any room. */
  readonly after: number
  /** Whether the header must be written at all. */
  readonly dirty: boolean
}

const newRoom = 50

/** For each message the blanks that its header gets; null: it stays as it is. */
export function shareRoom(headers: readonly HeaderChange[]): (number | null)[] {
  const rooms: (number | null)[] = headers.map(({ dirty, before, after }) => (dirty ? before - after : null))
  let start = -1
  let balance = 0
  for (const [i, { before, after }] of headers.entries()) {
    const room = before - after
    if (start < 0) {
      const own = rooms[i]
      if (own === null || own === undefined || own >= 0) continue
      start = i
      balance = 0
    }
    balance += room
    if (balance < 0) continue
    const count = i - start + 1
    const share = Math.floor(balance / count)
    rooms.fill(share, start, i + 1)
    rooms[start] = balance - share * (count - 1)
    start = -1
  }
  if (start >= 0) rooms.fill(newRoom, start)
  return rooms
}
