/**
 * How much more processor time a piece of work takes when its input is ten times as long: about 10 when it is
 * linear, 100 when it is quadratic. Processor time, not the clock on the wall: other programs may run beside a test.
 */
export function growth(size: number, work: (size: number) => unknown): number {
  work(size)
  return (
    cheapest(() => work(size * 10)) /
    Math.max(
      cheapest(() => work(size)),
      2,
    )
  )
}

/** Linear, with room for a garbage collection in the wrong place. */
export const linear = 40

function cheapest(work: () => unknown): number {
  const milliseconds = [1, 2, 3].map(() => {
    const before = process.cpuUsage()
    work()
    return process.cpuUsage(before).user / 1000
  })
  return Math.min(...milliseconds)
}
