#!/usr/bin/env node
import { aboutLine } from '../src/core/about.ts'
import { aboutProgram } from '../src/version.ts'

// Nothing is awaited at the top level: the single executables hold this as CommonJS, which has no such thing.
async function start(words: readonly string[]): Promise<void> {
  if (words.length === 1 && words[0] === '--version') {
    process.stdout.write(`${aboutLine(aboutProgram(process))}\n`)
    return
  }
  // It stays if nothing is left to wait for before the command has ended.
  process.exitCode = 13
  const [{ main }, { realHost }] = await Promise.all([import('../src/main.ts'), import('../src/host/index.ts')])
  process.exitCode = await main(words, realHost(!words.includes('--no-color')))
  // A shell is waiting for the answer: don't stay alive for a look-up or a connection that was given up.
  if (words[0] === '__complete') process.exit()
}

void start(process.argv.slice(2))
