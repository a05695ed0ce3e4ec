/**
 * `node build-reference.ts <target>`: lays Scalar's bundle, which its plugin for Fastify carries as text, into a file of
 * its own, compressed beside it. In a process of its own, so that the server never holds those megabytes.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import scalar from '@scalar/fastify-api-reference'
import Fastify from 'fastify'

const [target = ''] = process.argv.slice(2)

// The channel closes when the server that waits for this build is killed.
process.once('disconnect', () => process.exit(1))

const app = Fastify()
await app.register(scalar, { routePrefix: '/', configuration: { url: '/openapi.json' } })
const { statusCode, rawPayload } = await app.inject('/js/scalar.js')
if (statusCode !== 200) throw new Error(`Scalar’s plugin answers ${statusCode} for its bundle.`)

mkdirSync(target, { recursive: true })
const file = join(target, 'scalar.js')
writeFileSync(file, rawPayload)
writeFileSync(`${file}.gz`, gzipSync(rawPayload, { level: 9 }))
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
writeFileSync(`${file}.br`, brotliCompressSync(rawPayload, quality))
process.exit(0)
