import { defineConfig } from '@playwright/test'
import { chromiumArguments, chromiumPath } from './test/chromium.ts'

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  workers: 1,
  reporter: 'list',
  use: {
    launchOptions: { executablePath: chromiumPath() ?? '/usr/bin/chromium', args: chromiumArguments },
  },
})
