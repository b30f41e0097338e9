/** postmap makes the `.db` of a lookup table, and asks tables as Postfix would. postmap(1). */
import type { HostCommand } from '#host/command.ts'
import { runTableTool, type TableTool } from './table-tool.ts'

const tool: TableTool = {
  name: 'postmap',
  format: 'map',
  options: 'bfFhimnNoprsuUvwc:d:q:',
  usage: 'postmap [-bfFhimnNoprsuUvw] [-c config_dir] [-d key] [-q key] [map_type:]file...',
  separator: '\t',
}

export const postmap: HostCommand = { name: 'postmap', run: (input) => runTableTool(tool, input) }
