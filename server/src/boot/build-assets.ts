/** `node build-assets.ts <source> <target>`: one `vite build`, in a process of its own. */
import { join } from 'node:path'
import { createBuilder } from 'vite'

const [source = '', target = ''] = process.argv.slice(2)

// The channel closes when the server that waits for this build is killed.
process.once('disconnect', () => process.exit(1))

const builder = await createBuilder(
  {
    root: source,
    configFile: join(source, 'vite.config.ts'),
    // Node reads the TypeScript of the configuration itself: nothing is written beside the sources, which may be read-only.
    configLoader: 'native',
    logLevel: 'error',
    clearScreen: false,
    build: { outDir: target, emptyOutDir: true },
  },
  null,
)
await builder.buildApp()
process.exit(0)
