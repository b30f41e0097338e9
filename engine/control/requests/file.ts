/** A file of a host, read and written as text. */
import { DiskError, type Disk } from '#platform/disk.ts'
import { RequestRefused, type RequestContext, type RequestHandler } from './context.ts'

const largest = 1024 * 1024

export const fileRead: RequestHandler<'file.read'> = async ({ host, path }, context) => {
  const disk = diskOf(host, context)
  return attempt(path, async () => {
    const stat = await disk.stat(path)
    if (stat === null) throw new RequestRefused('path', `there is no ${path}`)
    if (stat.kind === 'folder') return { entries: [...(await disk.list(path))].sort() }
    if (stat.size > largest) throw new RequestRefused('path', `${path} is larger than 1 MiB`)
    return { text: await disk.readText(path) }
  })
}

export const fileWrite: RequestHandler<'file.write'> = async ({ host, path, text }, context) => {
  const disk = diskOf(host, context)
  return attempt(path, async () => {
    await disk.commit([{ kind: 'write', path, bytes: text }])
    context.lab.emit({ type: 'host.file', path, change: 'written', by: 'page' }, host)
    return {}
  })
}

function diskOf(host: string, { lab }: RequestContext): Disk {
  const disk = lab.disk(host)
  if (disk === null) throw new RequestRefused('host', `the lab has no host ${host}`)
  return disk
}

async function attempt<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof DiskError) throw new RequestRefused('path', `${path}: ${error.code}`)
    throw error
  }
}
