// Every page in a real browser, against the real program: three nodes of invented trusts that follow one another.
// `npm test` starts them on free ports. WARDROUND_BIN names the program; else it is looked for in target/.

import { defineConfig } from '@playwright/test'
import { freePorts, program } from './support/program.mjs'

// The workers inherit the port that the first process has found.
process.env.WARDROUND_PORT ??= String(await freePorts(3))
const port = process.env.WARDROUND_PORT

export default defineConfig({
  testDir: 'tests',
  globalSetup: './support/ready.mjs',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list', { printSteps: false }]],
  outputDir: 'test-results',
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    browserName: 'chromium',
    locale: 'en-GB',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  },
  webServer: {
    command: `"${program()}" demo --fresh --port ${port} --data "${process.env.WARDROUND_DEMO_DATA ?? 'test-results/demo'}"`,
    url: `http://127.0.0.1:${port}/readyz`,
    timeout: 60_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
    stdout: 'ignore',
    stderr: 'pipe'
  }
})
