import { fileURLToPath } from 'node:url'

/** The built program, which Node runs. */
export const BUILT = fileURLToPath(new URL('../../dist/cbc.js', import.meta.url))

/** An executable to test in its place, if CBC_PROGRAM names one: a single file that needs no Node. */
const EXECUTABLE = process.env['CBC_PROGRAM'] || undefined

/** The words that start the program under test; its arguments follow. */
export const COMMAND: readonly [string, ...string[]] = EXECUTABLE === undefined ? [process.execPath, BUILT] : [EXECUTABLE]

/** The same for a POSIX shell. */
export const COMMAND_IN_SH = COMMAND.map(word => `'${word}'`).join(' ')
