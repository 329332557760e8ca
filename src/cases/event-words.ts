/** What an event of the journal that is no command is called. */
export const EVENT_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    created: 'case created',
    connected: 'session connected',
    disconnected: 'session ended',
    recorded: 'terminal recorded',
    saved: 'result saved',
    written: 'result written to a file',
    undone: 'put back',
    sealed: 'case sealed',
    mended: 'a torn line of the journal was set aside',
    pushed: 'case pushed to a store',
    unreadable: "a line that can't be read",
  }),
)
