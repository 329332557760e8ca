// What runs first in an executable. The modules of the program, and V8's code cache of them where there is one, are assets in the same file: each is read when it is first asked for.
const { getAsset, getRawAsset } = require('node:sea')
const { Script } = require('node:vm')

const { modules, cached = {} } = JSON.parse(getAsset('index', 'utf8'))
const program = Buffer.from(getRawAsset('program'))
const cache = Object.keys(cached).length === 0 ? undefined : Buffer.from(getRawAsset('cache'))
const loaded = new Map()

/** Returns what a module exports. @param name of the program as `./file.js`, or of Node */
function load(name) {
  if (!name.startsWith('./')) return require(name)
  const known = loaded.get(name)
  if (known !== undefined) return known.exports
  const module = { exports: {} }
  loaded.set(name, module)
  const file = name.slice(2)
  const script = new Script(program.toString('utf8', ...modules[file]), {
    filename: `cbc:${file}`,
    cachedData: cached[file] === undefined ? undefined : cache.subarray(...cached[file]),
  })
  script.runInThisContext()(load, module)
  return module.exports
}

load('./cbc.js')
