import type { Run } from '../../../processes/run.ts'

/** A program that a Run key starts. */
export interface Startup {
  name: string
  command: string
  location: string
  user: string
}

const RUN = 'Software\\Microsoft\\Windows\\CurrentVersion\\Run'

/** Returns the programs that the Run keys of the computer and of its user start. */
export function pathsToRun({ machine }: Run): Promise<Startup[]> {
  const { user } = machine.seed.profile
  const keys: [location: string, user: string][] = [
    [`HKLM\\${RUN}`, 'Public'],
    [`HKU\\${user.sid}\\${RUN}`, `${user.authority}\\${user.name}`],
  ]
  return machine.look(({ registry }) =>
    keys
      .filter(([key]) => registry.exists(key))
      .flatMap(([location, owner]) =>
        registry.enumerate(location).values.map(({ name, data }) => ({ name, command: String(data), location, user: owner })),
      ),
  )
}
