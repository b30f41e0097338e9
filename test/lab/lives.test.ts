// A lab on disk is stopped and started again: what was given out by chance in one life is not given out in the next.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDefinition } from '#control/lab-definition.ts'
import { createLab } from '#engine/lab.ts'
import { openAuthority } from '#platform/node/authority.ts'
import { openJournal } from '#platform/node/journal.ts'

test('mailboxes made before and after a restart have GUIDs of their own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mailscope-lives-'))
  const authority = await openAuthority(null, Date.now())
  const read = readDefinition(
    {
      hosts: [
        {
          name: 'mail.example.com',
          address: '192.0.2.10',
          services: ['imap'],
          users: { bob: 'builder' },
        },
      ],
    },
    'lives',
  )
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const live = async (name: string) => {
    const journal = await openJournal(folder)
    const lab = await createLab(read.definition, {
      ...{ id: 'lives', authority, storage: { folder, journal } },
      ...{ publish: 'off', listenOn: '127.0.0.1', trace: 'on' },
    })
    const command = `doveadm mailbox create -u bob ${name}; doveadm mailbox status -u bob guid ${name}`
    const { stdout } = await lab.run('mail.example.com', { user: 'root', command, stdin: '' })
    await lab.stop()
    await journal.close()
    return /guid=([0-9a-f]{32})/.exec(stdout)?.[1]
  }
  const guids = [await live('First'), await live('Second')]
  expect(guids).not.toContain(undefined)
  expect(new Set(guids).size).toBe(2)
  await rm(folder, { recursive: true })
})
