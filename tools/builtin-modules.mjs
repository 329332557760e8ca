// Node's own modules in the bundle. `import` of one makes a module of all that it exports, and evaluates its getters for that, some of
// which load much (undici, for one); `process.getBuiltinModule` only hands over what it has. It is there from 20.16 on.
import { builtinModules } from 'node:module'

/** What stands for a module where it isn't one of Node's, or known already. */
const VALUES = { process: 'process', none: '{}' }

/** A plugin for esbuild. */
export const builtins = {
  name: 'builtin-modules',
  setup(build) {
    const names = new RegExp(`^(?:node:)?(${builtinModules.filter(name => !name.startsWith('_')).join('|')})$`)
    // Commander starts programs for subcommands that are programs of their own. There are none.
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: 'none', namespace: 'builtin-module' } : undefined,
    )
    build.onResolve({ filter: names }, ({ path, kind }) =>
      // What is imported lazily, Node itself makes a module of.
      kind === 'dynamic-import'
        ? { path, external: true }
        : { path: path.replace(/^node:/, ''), namespace: 'builtin-module', sideEffects: false },
    )
    build.onLoad({ filter: /./, namespace: 'builtin-module' }, ({ path }) => ({
      contents: `module.exports=${VALUES[path] ?? `process.getBuiltinModule('node:${path}')`}`,
    }))
  },
}
