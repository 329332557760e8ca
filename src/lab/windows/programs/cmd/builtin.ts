import type { Streams } from '../../processes/run.ts'
import type { Shell } from './shell.ts'

/**
 * A command that the shell carries out itself.
 * @param tail what follows the command's name, as it was written
 * @returns its ERRORLEVEL; undefined leaves the one before
 */
export type Builtin = (shell: Shell, tail: string, streams: Streams) => Promise<number | undefined>
