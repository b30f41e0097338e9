/** Whether a task is done, by the same checks that the engine's own lesson test uses. Loaded with the first lesson. */
import { judge, parseCheck, type Check } from '#scenario/checks.ts'
import type { Judge } from './lesson.svelte.ts'

const parsed = new Map<string, Check | string>()

export const judgeCheck: Judge = (text, world, events) => {
  const check = parsed.get(text) ?? parseCheck(text)
  parsed.set(text, check)
  return typeof check === 'string'
    ? { done: false, why: { en: check, zh: check } }
    : judge(check, world, events)
}
