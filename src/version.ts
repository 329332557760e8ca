declare const __CBC_VERSION__: string

/** This program's version, put in by the build. */
export const VERSION = typeof __CBC_VERSION__ === 'string' ? __CBC_VERSION__ : '0.0.0'
