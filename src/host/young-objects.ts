/** Bytes of JSON answers after which the limit is set: a short answer isn't worth the milliseconds in which Node loads the module for it. */
const MUCH_BYTES = 512 * 1024

/**
 * Returns a function that is told of each part of the JSON answers, and keeps V8 from enlarging the space for new objects once there is
 * much of them. V8 does that, up to 96 MiB, where many new objects stay, as the entries of a long listing do: it would take more memory
 * than a hundred thousand entries, and more time too.
 */
export function limitYoungObjects(): (bytes: number) => void {
  let left = MUCH_BYTES
  return bytes => {
    if (left <= 0) return
    left -= bytes
    if (left <= 0) process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1')
  }
}
