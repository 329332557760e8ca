// Joins the chunks that certain commands always load together. esbuild splits what they share into some eighty small files, and to find,
// read and link these takes longer than to compile them.
import { basename } from 'node:path'

/** The file that the user starts: it stays a file of its own. */
const ENTRY = 'dist/cbc.js'

/**
 * Merges chunks into one file for each group, from which everything else then imports what it needs.
 * @param outputs texts of esbuild's output files, by path; changed in place
 * @param metafile changed likewise
 * @param apart modules that stay as they are, with all that they import at once
 * @param groups for each new file the modules that are loaded at once, as the program imports them lazily. A group may use those before it
 */
export async function mergeChunks(esbuild, outputs, metafile, { apart, groups }) {
  /** The merged chunks by name: the file that each is in now, and what precedes the names of its exports there. */
  const merged = new Map()
  const own = new Set(closure(metafile, apart, new Set()).map(file => basename(file)))
  for (const [name, hot] of Object.entries(groups)) {
    const members = closure(metafile, hot, new Set([...own, ...merged.keys()])).filter(file => file !== ENTRY)
    for (const member of members) {
      const { exports } = metafile.outputs[member]
      merged.set(basename(member), { member, exports, file: `${name}.js`, prefix: `c${merged.size}_` })
    }
    const { outputFiles } = await esbuild.build({
      stdin: { contents: members.map(member => reExport(basename(member), merged)).join('') },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: 'none',
      logLevel: 'error',
      plugins: [reader(outputs, merged, `${name}.js`)],
    })
    outputs.set(`dist/${name}.js`, outputFiles[0].text)
    metafile.outputs[`dist/${name}.js`] = summary(metafile, members, outputFiles[0])
  }
  for (const { member } of merged.values()) {
    outputs.delete(member)
    delete metafile.outputs[member]
  }
  for (const [file, text] of outputs) if (file.endsWith('.js')) outputs.set(file, redirected(text, merged))
}

/** The chunks of the hot modules, and all that these import at once. @param without names of chunks that are left out */
function closure({ outputs }, hot, without) {
  const found = new Set()
  const add = file => {
    if (found.has(file) || without.has(basename(file))) return
    found.add(file)
    for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement' && path in outputs) add(path)
  }
  const entries = new Map(Object.entries(outputs).map(([file, { entryPoint }]) => [entryPoint, file]))
  for (const module of hot) {
    if (!entries.has(module)) throw new Error(`${module} is not imported lazily any more: see tools/build.mjs`)
    add(entries.get(module))
  }
  return [...found]
}

function reExport(chunk, merged) {
  const { exports, prefix } = merged.get(chunk)
  return `export{${exports.map(name => `${name} as ${prefix}${name}`)}}from"./${chunk}";\n`
}

/** Reads the chunks that go into a file; those that were merged before are taken from theirs. */
function reader(outputs, merged, file) {
  return {
    name: 'chunks',
    setup(build) {
      build.onResolve({ filter: /^\.\// }, ({ path, kind }) =>
        merged.get(basename(path))?.file === file && kind !== 'dynamic-import'
          ? { path: basename(path), namespace: 'chunk' }
          : { path, external: true },
      )
      build.onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({ contents: outputs.get(merged.get(path).member) }))
    },
  }
}

/** What esbuild would tell of a merged file. */
function summary({ outputs }, members, { contents }) {
  const inside = new Set(members)
  const imports = members.flatMap(member => outputs[member].imports).filter(({ path }) => !inside.has(path))
  return { imports, exports: [], inputs: Object.assign({}, ...members.map(member => outputs[member].inputs)), bytes: contents.length }
}

/** Has what a file imports from merged chunks come from where they are now. */
function redirected(text, merged) {
  return text
    .replace(/\b(import|export)\{([^{}]*)\}from"\.\/([\w-]+\.js)"/g, (whole, kind, names, chunk) => {
      const place = merged.get(chunk)
      if (place === undefined) return whole
      const moved = names.split(',').map(name => {
        const [theirs, own = theirs] = name.trim().split(' as ')
        return `${place.prefix}${theirs} as ${own}`
      })
      return `${kind}{${moved}}from"./${place.file}"`
    })
    .replace(/\bimport"\.\/([\w-]+\.js)"/g, (whole, chunk) => (merged.has(chunk) ? `import"./${merged.get(chunk).file}"` : whole))
    .replace(/\bimport\("\.\/([\w-]+\.js)"\)/g, (whole, chunk) => {
      const place = merged.get(chunk)
      if (place === undefined) return whole
      return `import("./${place.file}").then(all=>({${place.exports.map(name => `${name}:all.${place.prefix}${name}`)}}))`
    })
}
