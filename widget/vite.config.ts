/**
 * Builds the widget: `vite build --config widget/vite.config.ts --outDir <dir>` leaves
 * `<dir>/widget.js` (the loader, one classic script with a stable name), `<dir>/frame.html` and
 * `<dir>/assets/*` (the app). A build whose scripts outgrow their budget fails.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, defineConfig, type InlineConfig, type Plugin } from 'vite'

/** Bytes after gzip, at the level web servers use. */
const BUDGETS = { loader: 4_000, app: 20_000 }

const target = ['chrome111', 'firefox121', 'safari16.4']

/** Newer than the scripts' on purpose: an older browser shows the light scheme, and nobody downloads a polyfill of `color-scheme`. */
const cssTarget = ['chrome123', 'firefox128', 'safari17.5']

const loader = (outDir: string): InlineConfig => ({
  configFile: false,
  root: import.meta.dirname,
  logLevel: 'warn',
  build: {
    target,
    cssTarget,
    outDir,
    emptyOutDir: false,
    lib: {
      entry: join(import.meta.dirname, 'src/loader/main.ts'),
      formats: ['iife'],
      name: 'antiphonWidget',
      fileName: () => 'widget.js',
    },
  },
})

/** The loader is a script of its own kind (classic, unhashed, alone), so it is a build of its own, after the app's. */
function buildLoaderAndWeigh(): Plugin {
  return {
    name: 'antiphon-widget-loader',
    apply: 'build',
    async writeBundle({ dir }) {
      if (dir === undefined) return this.error('The widget is built into a directory.')
      await build(loader(dir))
      const scripts = readdirSync(join(dir, 'assets')).filter((file) => file.endsWith('.js'))
      const sizes = {
        loader: gzipped(join(dir, 'widget.js')),
        app: scripts.reduce((sum, file) => sum + gzipped(join(dir, 'assets', file)), 0),
      }
      for (const part of ['loader', 'app'] as const) {
        const line = `widget ${part}: ${sizes[part]} of ${BUDGETS[part]} bytes gzip`
        if (sizes[part] > BUDGETS[part]) this.error(`${line}: over its budget.`)
        this.info(line)
      }
    },
  }
}

function gzipped(file: string): number {
  return gzipSync(readFileSync(file)).length
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/widget/',
  publicDir: false,
  // What is built does not depend on the `NODE_ENV` of whoever starts the server.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    target,
    cssTarget,
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: false,
    emptyOutDir: true,
    rolldownOptions: { input: join(import.meta.dirname, 'frame.html') },
  },
  plugins: [buildLoaderAndWeigh()],
})
