/**
 * A table by names that came from outside: it knows its own names only. A plain object would also answer to
 * `constructor` or `valueOf`, which are words that anybody may type.
 */
export function named<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null) as Record<string, T>, entries)
}
