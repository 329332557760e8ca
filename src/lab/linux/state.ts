/** What the Linux endpoint remembers between runs. Plain JSON. */
export interface LinuxState {
  /** The directory was filled once: it isn't filled again when somebody empties it. */
  stocked: boolean
  /** The processes that `create process` started and that may still run. */
  processes: Started[]
}

/** A process that the endpoint started, with what proves later that a pid is still that process. */
export interface Started {
  pid: number
  /** When the kernel says that it started (`Identity.started`); empty when it was gone before that could be read. */
  started: string
  /** Value of the environment variable MARKER in the process and in what it starts in turn. */
  marker: string
}

/**
 * The environment variable that marks started processes. A child whose parent is gone can't be told from a stranger by its pid or
 * its group, as the kernel hands out both again; the mark in its environment can.
 */
export const MARKER = 'LAB_ENDPOINT_PROCESS'

/** The state of an endpoint that was never used. */
export function initialLinuxState(): LinuxState {
  return { stocked: false, processes: [] }
}
