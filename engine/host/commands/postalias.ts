/** postalias makes the `.db` of an alias file. postalias(1); aliases(5). */
import type { HostCommand } from '#host/command.ts'
import { runTableTool, type TableTool } from './table-tool.ts'

const tool: TableTool = {
  name: 'postalias',
  format: 'aliases',
  options: 'Nfinoprsuvwc:d:q:',
  usage: 'postalias [-Nfinoprsuvw] [-c config_dir] [-d key] [-q key] [map_type:]file...',
  separator: ':\t',
}

export const postalias: HostCommand = { name: 'postalias', run: (input) => runTableTool(tool, input) }
