/** The state of the Linux endpoint. Plain JSON. */
export interface LinuxState {
  /** Whether the directory was filled once: it isn't filled again when somebody empties it. */
  stocked: boolean
  /** The processes that `create process` started and that may still be running. */
  processes: Started[]
}

/** A process that the endpoint started, with the facts that later prove that a pid is still that process. */
export interface Started {
  pid: number
  /** When the kernel started it (`Identity.started`); empty when it ended before that could be read. */
  started: string
  /** The value of the environment variable MARKER in the process and its descendants. */
  marker: string
}

/**
 * The environment variable that marks started processes. When a child's parent has ended, pid and group don't prove where the child came
 * from, because the kernel reuses both; the marker in its environment does.
 */
export const MARKER = 'LAB_ENDPOINT_PROCESS'

/** Returns the state of an endpoint that was never used. */
export function initialLinuxState(): LinuxState {
  return { stocked: false, processes: [] }
}
