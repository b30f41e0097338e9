#!/usr/bin/env node
// The command `mailscope`: plain Node starts here, tsx reads the TypeScript from then on.
import { register } from 'tsx/esm/api'

register()
const { main } = await import('./engine/main.ts')
await main(process.argv.slice(2))
