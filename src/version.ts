declare const __CBC_VERSION__: string

/** This program's version. The build inserts it. */
export const VERSION = typeof __CBC_VERSION__ === 'string' ? __CBC_VERSION__ : '0.0.0'
