#!/usr/bin/env node
import { realWorld, VERSION } from '../src/world.ts'

const words = process.argv.slice(2)
if (words.length === 1 && words[0] === '--version') {
  process.stdout.write(`${VERSION}\n`)
} else {
  const { main } = await import('../src/main.ts')
  process.exitCode = await main(words, realWorld(!words.includes('--no-color')))
}
