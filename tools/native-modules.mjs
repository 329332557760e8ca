// What packages do that a bundle can't: load native modules, which are not the same on every system, and ask for the folder of a file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './install.mjs'

/** Those of packages that BullMQ and ssh2 use, and that of ssh2 itself, which it names by its path. All are used only where they can be loaded. */
const NATIVE = /^(msgpackr-extract|cpu-features)$|\/sshcrypto\.node$/
/** Files that look where they are, for others beside them: one for Windows' agent of keys, which a server doesn't use, and one that the file itself holds. */
const PLACED = /[\\/]ssh2[\\/]lib[\\/](agent|protocol[\\/]crypto[\\/]poly1305)\.js$/

/** A plugin for esbuild. */
export const withoutNativeModules = {
  name: 'without-native-modules',
  setup(build) {
    build.onResolve({ filter: NATIVE }, () => ({ path: join(root, 'tools', 'no-native-module.cjs') }))
    build.onLoad({ filter: PLACED }, ({ path }) => ({ contents: `var __dirname = ''\n${readFileSync(path, 'utf8')}` }))
  },
}
