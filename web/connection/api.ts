/** What the page fetches over plain HTTP. Answers of our own engine: typed, not searched for malice. */
import type { Lesson, Term } from '#web/model/lesson.svelte.ts'

export type LabSummary = { readonly id: string; readonly title: { readonly en: string; readonly zh: string } }

/** The lab that the page's address names: `/?lab=two-offices`. */
export const labOfAddress = (): string | null => new URLSearchParams(location.search).get('lab')

export function readLabs(): Promise<readonly LabSummary[]> {
  return read<readonly LabSummary[]>('/api/labs')
}

export async function readLessons(): Promise<readonly Lesson[]> {
  const { lessons } = await read<{ lessons: readonly Lesson[] }>('/api/lessons')
  return lessons
}

export async function readGlossary(): Promise<readonly Term[]> {
  const { terms } = await read<{ terms: readonly Term[] }>('/api/glossary')
  return terms
}

async function read<T>(path: string): Promise<T> {
  const response = await fetch(path, { headers: { accept: 'application/json' } })
  const body: unknown = await response.json()
  if (response.ok) return body as T
  const { detail, title } = body as { detail?: string; title?: string }
  throw new Error(detail ?? title ?? `${path}: ${response.status}`)
}
