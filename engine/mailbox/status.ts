/** STATUS of a folder: what a client may ask without opening it. RFC 3501 §6.3.10, RFC 8438, RFC 7162. */
import type { FolderCore } from './folder-core.ts'
import type { FolderStatus } from './mail-store.ts'

export async function statusOf(core: FolderCore): Promise<FolderStatus> {
  const { entries } = core
  let unseen = 0
  let deleted = 0
  let recent = 0
  for (const entry of entries) {
    if (!entry.flags.has('\\Seen')) unseen++
    if (entry.flags.has('\\Deleted')) deleted++
    if (entry.uid >= core.firstRecent) recent++
  }
  return {
    messages: entries.length,
    recent,
    unseen,
    deleted,
    size: await core.totalSize(),
    uidNext: core.uidNext,
    uidValidity: core.uidValidity,
    highestModseq: core.highestModseq,
  }
}
