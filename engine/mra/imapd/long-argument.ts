/** Whether one argument of a line is longer than a server keeps. */
export function hasLongArgument(text: string, limit: number): boolean {
  let start = 0
  for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', start)) {
    if (at - start > limit) return true
    start = at + 1
  }
  return text.length - start > limit
}
