/**
 * What every command that runs labs needs: a data folder that is locked, its journal, its certificate authority, and
 * the making of labs in it.
 */
import { join } from 'node:path'
import { createLab } from '#engine/lab.ts'
import type { LabDefinition } from '#control/lab-definition.ts'
import type { LabHandle } from '#control/lab-handle.ts'
import { openAuthority } from '#platform/node/authority.ts'
import { openJournal } from '#platform/node/journal.ts'
import { FolderLocked, lockFolder } from '#platform/node/lock.ts'
import { PortTaken } from '#platform/node/published-ports.ts'
import { CommandRefused } from './command.ts'

export type LabWish = {
  readonly definition: LabDefinition
  readonly id: string
  readonly publish: 'fixed' | 'auto' | 'off'
  readonly listenOn: string
  readonly trace: 'on' | 'off'
}

export interface Workshop {
  makeLab(wish: LabWish): Promise<LabHandle>
  close(): Promise<void>
}

/** `data`: a folder, or null for labs that live in memory only. Throws CommandRefused when another engine holds the folder. */
export async function openWorkshop(data: string | null): Promise<Workshop> {
  const now = Date.now()
  if (data === null) {
    const authority = await openAuthority(null, now)
    return {
      makeLab: ({ definition, ...rest }) =>
        refusing(createLab(definition, { ...rest, authority, storage: null })),
      close: () => Promise.resolve(),
    }
  }
  const unlock = lock(data)
  const journal = await openJournal(data)
  const authority = await openAuthority(join(data, 'authority'), now)
  return {
    makeLab({ definition, ...rest }) {
      const storage =
        definition.storage === 'memory' ? null : { folder: join(data, 'labs', rest.id), journal }
      return refusing(createLab(definition, { ...rest, authority, storage }))
    },
    async close() {
      await journal.close()
      unlock()
    },
  }
}

function lock(data: string): () => void {
  try {
    return lockFolder(data)
  } catch (error) {
    if (error instanceof FolderLocked) throw new CommandRefused(`mailscope: ${error.message}`)
    throw error
  }
}

async function refusing(lab: Promise<LabHandle>): Promise<LabHandle> {
  try {
    return await lab
  } catch (error) {
    if (error instanceof PortTaken) throw new CommandRefused(`mailscope: ${error.message}`)
    throw error
  }
}
