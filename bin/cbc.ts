#!/usr/bin/env node
import { aboutLine } from '../src/core/about.ts'
import { aboutProgram } from '../src/version.ts'

// Nothing is awaited at the top level: the single executables hold this as CommonJS, which has no such thing.
async function start(words: readonly string[]): Promise<void> {
  if (words.length === 1 && words[0] === '--version') {
    return show(`${aboutLine(aboutProgram(process))}\n`)
  }
  if (words[0] === 'help' || words.includes('--help') || words.includes('-h')) {
    const help = (await import('../src/cli/prepared-help.ts')).preparedHelp(words, process.stdout)
    if (help !== undefined) return show(help)
  }
  // NO_COLOR decides. Node would write a warning of its own on stderr as soon as it noticed both, in whatever module that is.
  if ((process.env['NO_COLOR'] ?? '') !== '') delete process.env['FORCE_COLOR']
  // It stays if nothing is left to wait for before the command has ended.
  process.exitCode = 13
  const [{ main }, { realHost }] = await Promise.all([import('../src/main.ts'), import('../src/host/index.ts')])
  process.exitCode = await main(words, realHost(!words.includes('--no-color')))
  // A shell is waiting for the answer: don't stay alive for a look-up or a connection that was given up.
  if (words[0] === '__complete') process.exit()
}

/** Writes a text that is known already, with nothing of the program but this. */
function show(text: string): void {
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    // A closed pipe (`| head -1`) ends the program quietly.
    if (code === 'EPIPE') return
    process.stderr.write(`cbc: ${message}\n`)
    process.exitCode = 1
  })
  process.stdout.write(text)
}

void start(process.argv.slice(2))
