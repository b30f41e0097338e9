import { describe, expect, test } from 'vitest'
import { compileTable, holdTables, openTables } from '#mta/maps.ts'
import type { CommandInput } from '#host/command.ts'
import { createSettings } from '#config/create-settings.ts'
import { toolBox } from '../host/commands/tool-box.ts'

type Machine = CommandInput['box']['machine']

const path = '/etc/postfix/access'

async function machineWith(files: Readonly<Record<string, string>>) {
  const { machine } = await toolBox(files)
  const said: string[] = []
  const settings = createSettings({ mainCf: null, machine: { hostname: machine.name, addresses: [] } })
  const tables = openTables(machine, settings, { log: (level, text) => said.push(`${level}: ${text}`) })
  return { machine, tables, said }
}

const write = (machine: Machine, bytes: string, modified?: number) =>
  machine.disk.apply([{ kind: 'write', path, bytes, ...(modified === undefined ? {} : { modified }) }])
const postmap = (machine: Machine) => compileTable(machine.disk, { kind: 'hash', format: 'map', path })

describe('a table on the disk of a host', () => {
  test('that was never compiled cannot be asked, and the log says so each time', async () => {
    const { tables, said } = await machineWith({ [path]: 'a OK\n' })
    const reason = `open database ${path}.db: No such file or directory`
    expect(await tables.open(`hash:${path}`).lookup('a')).toEqual({ outcome: 'unavailable', reason })
    expect(said).toEqual([`error: ${reason}`, `warning: hash:${path} is unavailable. ${reason}`])
  })

  test('answers what was compiled, not what was edited since', async () => {
    const { machine, tables } = await machineWith({ [path]: 'a OK\n' })
    await postmap(machine)
    await write(machine, 'a REJECT\n')
    expect(await tables.open(`hash:${path}`).lookup('a')).toMatchObject({ value: 'OK', line: 1 })
  })

  test('is noticed when it was compiled again; a session that holds it goes on with the old one', async () => {
    const { machine, tables } = await machineWith({ [path]: 'a OK\n' })
    await postmap(machine)
    const held = holdTables(tables).open(`hash:${path}`)
    expect(await held.lookup('a')).toMatchObject({ value: 'OK' })
    await write(machine, '# new\na REJECT\n')
    await postmap(machine)
    expect(await tables.open(`hash:${path}`).lookup('a')).toMatchObject({ value: 'REJECT', line: 2 })
    expect(await held.lookup('a')).toMatchObject({ value: 'OK' })
  })

  test('is complained of when its source is newer, and was edited a while ago', async () => {
    const { machine, tables, said } = await machineWith({})
    const now = machine.clock.now()
    await write(machine, 'a OK\n', now - 500_000)
    await postmap(machine)
    await machine.disk.apply([{ kind: 'touch', path: `${path}.db`, modified: now - 400_000 }])
    await write(machine, 'a REJECT\n', now - 200_000)
    await tables.open(`hash:${path}`).lookup('a')
    expect(said).toEqual([`warning: database ${path}.db is older than source file ${path}`])
  })

  test('of text is read once, when Postfix starts', async () => {
    const { machine, tables } = await machineWith({ [path]: '/a/ OK\n' })
    expect(await tables.open(`regexp:${path}`).lookup('a')).toMatchObject({ value: 'OK' })
    await write(machine, '/a/ REJECT\n')
    expect(await tables.open(`regexp:${path}`).lookup('a')).toMatchObject({ value: 'OK' })
  })

  test('of a type that needs another server is refused by name', async () => {
    const { tables, said } = await machineWith({})
    expect(await tables.open('ldap:/etc/x').lookup('a')).toMatchObject({ outcome: 'unavailable' })
    expect(said[0]).toBe('error: unsupported dictionary type: ldap')
  })

  test('proxy:unix:passwd.byname knows the users of the host', async () => {
    const { tables } = await machineWith({ '/etc/passwd': 'alice:x:1000:1000:Alice:/home/alice:/bin/sh\n' })
    const users = tables.open('proxy:unix:passwd.byname')
    expect(await users.lookup('Alice')).toMatchObject({
      outcome: 'found',
      value: 'alice:x:1000:1000:Alice:/home/alice:/bin/sh',
    })
    expect(await users.lookup('bob')).toEqual({ outcome: 'absent' })
  })
})
