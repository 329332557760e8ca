import type { CommandName, CommandRequest, Session } from '../api/live-response.ts'

/**
 * A command that leaves the endpoint as it is, for what it shows of its session.
 * @param beside the command that it is about: a key that may issue that may most likely issue this one too
 * @returns undefined: the endpoint has none
 */
export function harmlessCommand(
  { supported_commands: supported, current_working_directory: directory, drives }: Session,
  beside?: CommandName,
): CommandRequest | undefined {
  const ofProcesses: CommandRequest = { name: 'process list' }
  // Without a separator at its end a directory is an entry, not a list.
  const ofFiles: CommandRequest = { name: 'directory list', path: directory || drives?.[0] || '/' }
  const wanted = beside === 'kill' || beside === 'create process' ? [ofProcesses, ofFiles] : [ofFiles, ofProcesses]
  return wanted.find(({ name }) => supported?.some(command => command.toLowerCase() === name) ?? true)
}
