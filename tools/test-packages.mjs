// `npm run test:packages`: installs the Debian package of release/, uses it, and removes it again; starts the executable in the files of the container image, as that would.
// Both need root and Linux x64. What can't be tried is said.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './install.mjs'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const release = name => join(root, 'release', name)

const work = mkdtempSync(join(tmpdir(), 'cbc-packages-'))
/** Nothing of this machine but its system's programs. */
const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: join(work, 'home'), LANG: 'C.UTF-8', CBC_PROFILE: 'lab' }
const run = (command, ...args) => execFileSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

function check(what, holds) {
  if (!holds) throw new Error(`it does not hold that ${what}`)
  process.stdout.write(`  ${what}\n`)
}

/** Whether a package of Debian is installed. */
const installed = name =>
  /^install ok installed$/m.test(spawnSync('dpkg-query', ['-W', '-f=${Status}\n', name], { encoding: 'utf8' }).stdout)

function debianPackage() {
  const file = release(`cbc-cli_${version}_amd64.deb`)
  // A system may leave out documentation (dpkg's path-exclude), so not every file need be there.
  const files = run('dpkg-deb', '--contents', file)
    .split('\n')
    .filter(line => line.startsWith('-'))
    .map(line => line.replace(/^.*? \.\//, '/'))
  const there = () => files.filter(existsSync)
  check(
    'the package holds the program, manual pages and completions',
    [
      '/usr/bin/cbc',
      '/usr/share/man/man1/cbc.1.gz',
      '/usr/share/man/man1/cbc-lr-get.1.gz',
      '/usr/share/man/man7/cbc-exit-codes.7.gz',
      '/usr/share/bash-completion/completions/cbc',
      '/usr/share/zsh/vendor-completions/_cbc',
      '/usr/share/fish/vendor_completions.d/cbc.fish',
      '/usr/share/doc/cbc-cli/copyright',
    ].every(path => files.includes(path)),
  )
  check('nothing of it is there before', there().length === 0)
  try {
    run('dpkg', '--install', file)
    check('it is installed, each file as it was packed', installed('cbc-cli') && run('dpkg', '--verify', 'cbc-cli').trim() === '')
    check(`cbc tells version ${version}`, run('cbc', '--version').startsWith(`${version} `))
    check('cbc lists processes of an endpoint of the lab', JSON.parse(run('cbc', 'lr', 'ps', 'WIN-FIN-01', '--json')).length > 5)
    const completions = run('bash', '-c', '. /usr/share/bash-completion/completions/cbc; complete -p cbc')
    check('bash completes it', /-F \w+ cbc$/.test(completions.trim()))
    if (existsSync('/usr/share/man/man1/cbc.1.gz') && existsSync('/usr/bin/man'))
      check('man finds its page', /Carbon Black/.test(run('man', '-P', 'cat', 'cbc')))
  } finally {
    run('dpkg', '--purge', 'cbc-cli')
  }
  check('nothing of it is left', there().length === 0 && !installed('cbc-cli') && !existsSync('/usr/share/doc/cbc-cli'))
}

function containerImage() {
  const image = join(work, 'image')
  run('sh', join(root, 'packaging', 'docker', 'layout.sh'), release(`cbc-${version}-linux-x64`), image)
  const inside = (...words) =>
    execFileSync('chroot', ['--userspec=65532:65532', image, '/usr/bin/cbc', ...words], {
      env: { ...env, HOME: '/home/cbc' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  check(`a user without rights starts version ${version}`, inside('--version').startsWith(`${version} `))
  check('cbc lists processes of an endpoint of the lab', JSON.parse(inside('lr', 'ps', 'WIN-FIN-01', '--json')).length > 5)
}

const title = text => process.stdout.write(`\n── ${text}\n`)
const skipped = why => process.stdout.write(`  skipped: ${why}\n`)
const asRoot = process.getuid?.() === 0
try {
  title('Debian package')
  if (!asRoot) skipped('only root can install packages')
  else if (!existsSync(release(`cbc-cli_${version}_amd64.deb`))) skipped('there is none: npm run package -- --target deb')
  else if (installed('cbc-cli') || installed('coinor-cbc')) skipped('this machine has another cbc from a package')
  else debianPackage()
  title('files of the container image')
  if (!asRoot) skipped('only root can change the root folder')
  else containerImage()
} finally {
  rmSync(work, { recursive: true, force: true })
}
