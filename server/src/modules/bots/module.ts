import type { Module } from '../../kernel/module.ts'

export const bots: Module = { name: 'bots', globals: ['bots.take'] }
