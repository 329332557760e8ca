// A Debian package of an executable: the program, its manual pages and completions where Debian's programs look for them.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createHash } from 'node:crypto'
import { dayOf } from '../commit.mjs'
import { root } from '../install.mjs'
import { filled } from './templates.mjs'

const DOCUMENTS = 'usr/share/doc/cbc-cli'
const COMPLETIONS = {
  'cbc.bash': 'usr/share/bash-completion/completions/cbc',
  _cbc: 'usr/share/zsh/vendor-completions/_cbc',
  'cbc.fish': 'usr/share/fish/vendor_completions.d/cbc.fish',
}

/**
 * Writes a Debian package.
 * @param executable its path @param arch `x64` or `arm64` @param licences the file with those of others
 * @param maintainer who answers for the package: a name and an address
 */
export function debian(output, { executable, arch, version, licences, maintainer }) {
  const work = mkdtempSync(join(tmpdir(), 'cbc-debian-'))
  // A temporary folder is closed to others, and the package's top folder must not be.
  const top = join(work, 'root')
  const files = new Map()
  const put = (path, bytes, mode = 0o644) => {
    mkdirSync(join(top, dirname(path)), { recursive: true, mode: 0o755 })
    writeFileSync(join(top, path), bytes, { mode })
    files.set(path, bytes)
  }
  try {
    const architecture = arch === 'x64' ? 'amd64' : arch
    const day = new Date(dayOf(root))
    put('usr/bin/cbc', readFileSync(executable), 0o755)
    const manual = join(root, 'dist', 'man')
    for (const page of readdirSync(manual, { recursive: true }).filter(name => statSync(join(manual, name)).isFile()))
      put(`usr/share/man/man${page.at(-1)}/${basename(page)}.gz`, zipped(readFileSync(join(manual, page))))
    for (const [name, path] of Object.entries(COMPLETIONS)) put(path, readFileSync(join(root, 'dist', 'completions', name)))
    put(`${DOCUMENTS}/copyright`, filled('debian/copyright', { LICENSE: licenceField() }))
    put(`${DOCUMENTS}/THIRD-PARTY-LICENSES.txt.gz`, zipped(readFileSync(licences)))
    put(
      `${DOCUMENTS}/changelog.gz`,
      zipped(
        `cbc-cli (${version}) unstable; urgency=medium\n\n  * Version ${version}; its changes are in the repository's CHANGELOG.md.\n\n -- ${maintainer}  ${day.toUTCString().replace('GMT', '+0000')}\n`,
      ),
    )
    const size = Math.ceil([...files.values()].reduce((sum, bytes) => sum + Buffer.byteLength(bytes), 0) / 1024)
    const sums = [...files].map(([path, bytes]) => `${createHash('md5').update(bytes).digest('hex')}  ${path}\n`)
    put(
      'DEBIAN/control',
      filled('debian/control', { VERSION: version, ARCHITECTURE: architecture, SIZE: `${size}`, MAINTAINER: maintainer }),
    )
    put('DEBIAN/md5sums', sums.join(''))
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', top, output], {
      env: { ...process.env, SOURCE_DATE_EPOCH: `${day.getTime() / 1000}` },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const zipped = bytes => gzipSync(bytes, { level: 9 })

/** The licence as a field of a Debian copyright file: indented, with a dot for an empty line. */
function licenceField() {
  const text = readFileSync(join(root, 'LICENSE'), 'utf8').trim()
  return text.replace(/^.*$/gm, line => ` ${line === '' ? '.' : line}`)
}
