/** The labs that run in this process, by id. How one is made is told by `main.ts`; here they are only kept. */
import type { LabDefinition } from './lab-definition.ts'
import type { LabHandle } from './lab-handle.ts'

export type LabWish = { readonly definition: LabDefinition; readonly id: string }

/** More labs at once than this are refused. */
export const mostLabs = 64

export class Labs {
  readonly #labs = new Map<string, LabHandle>()
  readonly #create: (wish: LabWish) => Promise<LabHandle>
  /** Ids of labs that are being made. */
  readonly #coming = new Set<string>()

  constructor(create: (wish: LabWish) => Promise<LabHandle>, running: readonly LabHandle[] = []) {
    this.#create = create
    for (const lab of running) this.#labs.set(lab.id, lab)
  }

  all(): readonly LabHandle[] {
    return [...this.#labs.values()]
  }

  get(id: string): LabHandle | null {
    return this.#labs.get(id) ?? null
  }

  /** `lab`, `lab-2`, `lab-3`: the first that is free. */
  freeId(name: string): string {
    let id = name
    for (let i = 2; this.#labs.has(id) || this.#coming.has(id); i++) id = `${name}-${i}`
    return id
  }

  /** Resolves when the lab answers on its ports. Rejects with what creating it threw; null when there are too many. */
  async create(definition: LabDefinition): Promise<LabHandle | null> {
    if (this.#labs.size + this.#coming.size >= mostLabs) return null
    const id = this.freeId(definition.lab)
    this.#coming.add(id)
    try {
      const lab = await this.#create({ definition, id })
      this.#labs.set(id, lab)
      return lab
    } finally {
      this.#coming.delete(id)
    }
  }

  /** False when there is no such lab. */
  async remove(id: string): Promise<boolean> {
    const lab = this.#labs.get(id)
    if (lab === undefined) return false
    this.#labs.delete(id)
    await lab.stop()
    return true
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#labs.keys()].map((id) => this.remove(id)))
  }
}
