#!/usr/bin/env node
// Finds a Node that runs TypeScript sources, and starts the command line with it. Plain JavaScript for Node 12 and up.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST = 24
const here = fileURLToPath(import.meta.url)
const isRunAgain = '--run-by-antiphon' === process.argv[2]

if (isRunAgain) {
  process.argv.splice(2, 1)
  endWithParent()
}

if (Number.parseInt(process.versions.node, 10) >= OLDEST) {
  enableCompileCache()
  await import('../server/src/main.ts')
} else {
  runAgain(findNode())
}

/** The Node of the package node-<platform>-<arch>, in this project's node_modules or in one above it. */
function findNode() {
  const name = `node-${process.platform}-${process.arch}`
  for (let folder = dirname(here); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name, 'bin', 'node')
    if (existsSync(found)) return found
    if (folder === dirname(folder)) return null
  }
}

function runAgain(node) {
  if (!node) {
    console.error(
      `Antiphon needs Node ${OLDEST} or newer; this is ${process.version}, and node_modules holds none for ${process.platform}-${process.arch}. Install Node ${OLDEST}, or run \`npm ci\` without --omit=optional.`,
    )
    process.exit(1)
  }
  const args = [here, '--run-by-antiphon', ...process.argv.slice(2)]
  // Where this process can become the other, none is left in between.
  if (process.execve) process.execve(node, [node, here, ...process.argv.slice(2)], process.env)

  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`${node} does not run: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** When the process in between is killed, this one ends the same way: who kills `antiphon` has killed it. */
function endWithParent() {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel?.unref()
}

/** Compiled sources are kept in the data directory, if there is one or is about to be one. */
function enableCompileCache() {
  const flag = process.argv.findIndex((argument) => argument === '--data' || argument.startsWith('--data='))
  const named = process.argv[flag]?.startsWith('--data=') ? process.argv[flag].slice(7) : process.argv[flag + 1]
  const data = resolve((flag > 0 && named) || process.env.ANTIPHON_DATA || 'data')
  if (existsSync(data)) nodeModule.enableCompileCache(join(data, 'compile-cache'))
}
