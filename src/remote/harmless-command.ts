import type { CommandName, CommandRequest, Session } from '../api/live-response.ts'

/**
 * Returns a command that changes nothing on the endpoint, for probing the session.
 * @param beside the command in question: an API key that may issue that one can most likely issue this one too
 * @returns undefined when the endpoint supports no such command
 */
export function harmlessCommand(
  { supported_commands: supported, current_working_directory: directory, drives }: Session,
  beside?: CommandName,
): CommandRequest | undefined {
  const ofProcesses: CommandRequest = { name: 'process list' }
  // Without a trailing separator the directory's own entry is listed, not its content.
  const ofFiles: CommandRequest = { name: 'directory list', path: directory || drives?.[0] || '/' }
  const wanted = beside === 'kill' || beside === 'create process' ? [ofProcesses, ofFiles] : [ofFiles, ofProcesses]
  return wanted.find(({ name }) => supported?.some(command => command.toLowerCase() === name) ?? true)
}
