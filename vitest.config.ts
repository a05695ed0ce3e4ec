import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // One server and one database per worker; every test makes its own workspaces in it.
    pool: 'threads',
    maxWorkers: 2,
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'server',
          include: ['server/src/**/*.test.ts', 'server/test/*.test.ts'],
          globalSetup: ['server/test/database.ts'],
          setupFiles: ['server/test/silence.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          include: ['dashboard/src/**/*.test.{ts,tsx}', 'widget/src/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'papers',
          include: ['test/papers/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'boot',
          include: ['server/test/boot/*.test.ts'],
          isolate: true,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          // Needs Debian's redis-server; run by .ci/run.
          name: 'redis',
          include: ['server/test/redis/*.test.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/*.test.ts'],
          globalSetup: ['server/test/database.ts'],
          maxWorkers: 1,
          testTimeout: 60_000,
          // Two browsers share two cores with a server and its database: what fails twice is broken.
          retry: process.env['CI'] ? 1 : 0,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
