// Runs the program as an executable would, from files in a folder, and leaves V8's code caches of what was used in its folder `caches`:
//   node record.cjs FOLDER [arguments of cbc]
// What was cached before stays, so that the caches grow with each use.
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const sea = require('node:sea')
const vm = require('node:vm')

const [, folder] = process.argv.splice(1, 2, process.execPath)
const caches = join(folder, 'caches')
const scripts = []

sea.getAsset = name => readFileSync(join(folder, name), 'utf8')
sea.getRawAsset = name => readFileSync(join(folder, name))
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options)
    if (this.cachedDataRejected) throw new Error(`V8 does not accept the code cache of ${options.filename}`)
    scripts.push([options.filename.replace('cbc:', ''), this])
  }
}
mkdirSync(caches, { recursive: true })
process.on('exit', () => {
  for (const [name, script] of scripts) writeFileSync(join(caches, name), script.createCachedData())
})

require('./loader.cjs')
