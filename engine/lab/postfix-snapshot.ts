/**
 * Reads what Postfix on one host is told: main.cf and master.cf, at start and at every reload. What it makes never
 * changes; a session or a delivery keeps the one it began with.
 */
import { createSettings } from '#config/create-settings.ts'
import { defaultMasterCf } from '#config/default-master-cf.ts'
import { parseMainCf } from '#config/main-cf.ts'
import { parseMasterCf, runningService } from '#config/master-cf.ts'
import { formatProblem } from '#config/problem.ts'
import type { Settings } from '#config/settings.ts'
import type { Machine } from '#engine/machine.ts'
import { openTables } from '#mta/maps.ts'
import type { Postfix, Service } from '#mta/postfix.ts'

const mainCfPath = '/etc/postfix/main.cf'
const masterCfPath = '/etc/postfix/master.cf'

/** Throws an Error with the first fatal problem as file:line:column, or a SettingError. */
export async function readPostfix(machine: Machine): Promise<Postfix> {
  const mainCf = parseMainCf(await machine.disk.readText(mainCfPath), mainCfPath)
  const masterText =
    (await machine.disk.stat(masterCfPath)) === null
      ? defaultMasterCf
      : await machine.disk.readText(masterCfPath)
  const masterCf = parseMasterCf(masterText, masterCfPath)
  const fatal = [...mainCf.problems, ...masterCf.problems].find((problem) => problem.severity === 'fatal')
  if (fatal !== undefined) throw new Error(formatProblem(fatal))

  const facts = { hostname: machine.name, addresses: machine.addresses }
  const settings = createSettings({ mainCf, machine: facts })
  const limit = settings.number('default_process_limit')
  const services = masterCf.services.map((service): Service => runningService(service, limit))
  const forService = new Map<Service, Settings>()
  return {
    machine,
    settings,
    services,
    tables: openTables(machine, settings),
    settingsFor(service) {
      const known = forService.get(service)
      if (known !== undefined) return known
      const process = { name: service.daemon, service: service.name }
      const own = createSettings({ mainCf, machine: facts, overrides: service.overrides, process })
      forService.set(service, own)
      return own
    },
  }
}
