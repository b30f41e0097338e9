/**
 * A world in the making. Inside one call of `fold` it is built by changing copies; what it was made from is never
 * touched, and what did not change is shared with it.
 */
import type { World } from '../world.ts'

type MapName = {
  [K in keyof World]: World[K] extends ReadonlyMap<string, unknown> ? K : never
}[keyof World]
type ValueOf<K extends MapName> = World[K] extends ReadonlyMap<string, infer V> ? V : never

export type Draft = ReturnType<typeof createDraft>

export function createDraft(from: World) {
  const world: { -readonly [K in keyof World]: World[K] } = { ...from }
  /** The maps and lists that this draft made, and so may change. */
  const owned = new Set<object>()

  function own<K, V>(map: ReadonlyMap<K, V>): Map<K, V> {
    if (owned.has(map)) return map as Map<K, V>
    const copy = new Map(map)
    owned.add(copy)
    return copy
  }

  return {
    world,

    set<K extends MapName>(name: K, key: string, value: ValueOf<K>): void {
      const map = own(world[name] as ReadonlyMap<string, ValueOf<K>>)
      map.set(key, value)
      Object.assign(world, { [name]: map })
    },

    remove(name: MapName, key: string): void {
      if (!world[name].has(key)) return
      const map = own(world[name] as ReadonlyMap<string, unknown>)
      map.delete(key)
      Object.assign(world, { [name]: map })
    },

    /** Changes one entry of a map; nothing when there is no such entry. */
    update<K extends MapName>(name: K, key: string, change: (old: ValueOf<K>) => Partial<ValueOf<K>>): void {
      const old = (world[name] as ReadonlyMap<string, ValueOf<K>>).get(key)
      if (old !== undefined) this.set(name, key, { ...old, ...change(old) })
    },

    /** `list` with one more item. The list is shared with nobody after its first change here. */
    append<T>(list: readonly T[], item: T): readonly T[] {
      if (owned.has(list)) {
        ;(list as T[]).push(item)
        return list
      }
      const copy = [...list, item]
      owned.add(copy)
      return copy
    },

    /** `list` with its last item replaced. */
    replaceLast<T>(list: readonly T[], item: T): readonly T[] {
      if (owned.has(list)) {
        ;(list as T[])[list.length - 1] = item
        return list
      }
      const copy = [...list.slice(0, -1), item]
      owned.add(copy)
      return copy
    },

    own,
  }
}
