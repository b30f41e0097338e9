import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { chromiumArguments, chromiumPath } from './test/chromium.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
/** Tests that start programs: Mailscope as its users do, real mail clients, and what happens when it is killed. */
const programs = ['test/cli/**/*.test.ts', 'test/clients/**/*.test.ts', 'test/faults/**/*.test.ts']
/** Time is no matter of tests: only what hangs is cut off, on however busy a machine. */
const testTimeout = 60_000
const engine = 'http://127.0.0.1:8025'

export default defineConfig({
  root: here('./web'),
  plugins: [svelte({ configFile: here('./svelte.config.js') })],
  optimizeDeps: { include: ['svelte', 'vitest-browser-svelte'] },
  build: { outDir: here('./dist/web'), emptyOutDir: true },
  server: { proxy: { '/api': { target: engine, ws: true } } },
  test: {
    root: here('.'),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          ...{ testTimeout, hookTimeout: testTimeout },
          setupFiles: ['test/seed.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', 'test/e2e/**', ...programs, 'node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'programs',
          environment: 'node',
          ...{ testTimeout, hookTimeout: testTimeout },
          setupFiles: ['test/seed.ts'],
          include: programs,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: chromiumPath() ?? '/usr/bin/chromium',
                args: chromiumArguments,
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
