import type { Module } from '../../kernel/module.ts'
import { deliver } from './delivery.ts'

export const sandbox: Module = {
  name: 'sandbox',
  jobs: [deliver],
  globals: ['sandbox.cursor', 'sandbox.waiting'],
}
