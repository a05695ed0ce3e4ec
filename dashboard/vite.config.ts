/**
 * Builds the dashboard: `vite build --config dashboard/vite.config.ts --outDir <dir>`.
 * While developing, `vite --config dashboard/vite.config.ts -- <port>` passes the API on to a server on that port.
 */
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const dashes = process.argv.indexOf('--')
const api = `http://127.0.0.1:${dashes > 0 ? process.argv[dashes + 1] : 3000}`

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react(), tailwindcss()],
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      // A list of what each part fetched later needs would make the start heavier than it makes those parts faster.
      resolveDependencies: (_file, dependencies, { hostType }) => (hostType === 'html' ? dependencies : []),
    },
    rolldownOptions: {
      output: {
        // What the start needs lies in one file, however many pages come to use parts of it: whole, it packs best.
        codeSplitting: { groups: [{ name: 'start', tags: ['$initial'] }] },
      },
    },
    emptyOutDir: true,
    chunkSizeWarningLimit: 600,
  },
  server: {
    strictPort: true,
    proxy: { '/v1': { target: api, ws: true }, '/auth': api, '/files': api, '/widget': api },
  },
})
