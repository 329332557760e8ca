// The files of packaging/ in which the words of a release are to be filled in: `@NAME@`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../install.mjs'

/** Returns a file of packaging/ with its words filled in. @throws Error: one of them has no value */
export function filled(path, words) {
  return readFileSync(join(root, 'packaging', path), 'utf8').replace(/@([A-Z][\w -]*)@/g, (_, word) => {
    if (words[word] === undefined) throw new Error(`packaging/${path} needs ${word}`)
    return words[word]
  })
}

/**
 * Returns the manifests of package managers, by file name.
 * @param releases the address of the folder from which the executables can be fetched
 * @param made the executables of all targets: file name and SHA-256, by target
 */
export function manifests(version, releases, made) {
  const words = { VERSION: version, RELEASES: releases.replace(/\/$/, '') }
  for (const [target, { file, sha256 }] of Object.entries(made))
    Object.assign(words, { [`FILE ${target}`]: file, [`SHA256 ${target}`]: sha256 })
  return { 'cbc-cli.rb': filled('homebrew/cbc-cli.rb', words), 'cbc.json': filled('scoop/cbc.json', words) }
}
