/**
 * Milliseconds that a test waits for something that has to come: an answer of a program, a line, a text on the screen. It tells what hangs from
 * what is slow on a machine that does much else, so it is far longer than anything takes, and shorter than the limit of a test (vitest.config.ts).
 */
export const PATIENCE_MS = 200_000
