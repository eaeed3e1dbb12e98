import { svelte } from '@sveltejs/vite-plugin-svelte'
import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { fieldApp } from './build/fieldApp.ts'
import { paletteCSS } from './build/paletteCSS.ts'
import { styleFiles } from './build/styleFiles.ts'

const page = (name: string) => resolve(import.meta.dirname, `${name}.html`)
const server = process.env['LINTU_URL'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [svelte(), paletteCSS(), styleFiles(), fieldApp()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // The content security policy forbids data: scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500, // MapLibre is one chunk of about 1.1 MB
    rolldownOptions: {
      input: Object.fromEntries(['index', 'wall', 'planner', 'console', 'rules', 'meetings', 'doors', 'field', 'door', 'follow', 'login', 'account', 'accounts', 'audit'].map((name) => [name, page(name)])),
      // MapLibre changes seldom: apart, it stays in caches when the pages change.
      output: { codeSplitting: { groups: [{ name: 'maplibre', test: /node_modules\/maplibre-gl\// }] } },
    },
  },
  server: {
    proxy: { '/api': server, '/ogc': server, '/tiles': server, '/styles': server },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
