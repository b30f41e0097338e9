/** The HTTP server with labs in memory, in this process, for tests of the contract. */
import { join, resolve } from 'node:path'
import { serveHttp, type HttpServer } from '#control/http/server.ts'
import { readLessons } from '#control/lesson-library.ts'
import { Labs } from '#control/labs.ts'
import { createLab } from '#engine/lab.ts'
import { openAuthority } from '#platform/node/authority.ts'

const root = resolve(import.meta.dirname, '../..')

export async function startEngine({ token = null }: { token?: string | null } = {}): Promise<{
  server: HttpServer
  labs: Labs
}> {
  const authority = await openAuthority(null, Date.now())
  const labs = new Labs(({ definition, id }) =>
    createLab(definition, {
      id,
      authority,
      storage: null,
      publish: definition.publish ?? 'auto',
      listenOn: '127.0.0.1',
      trace: 'on',
    }),
  )
  const server = await serveHttp({
    labs,
    lessons: readLessons(join(root, 'lessons')),
    version: '0.0.0',
    page: null,
    address: '127.0.0.1',
    port: 0,
    token,
  })
  return { server, labs }
}
