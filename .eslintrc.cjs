'use strict'

/**
 * Which room of src/ may import which (docs/architecture.md). What isn't listed may not be.
 * `main.ts` and `host/` compose the program and may import every room.
 */
const ROOMS = {
  core: [],
  artifacts: ['core'],
  api: ['core'],
  remote: ['core', 'api'],
  verbs: ['core', 'remote', 'api', 'artifacts'],
  engine: ['core', 'verbs', 'remote', 'api'],
  runs: ['core', 'engine'],
  cases: ['core'],
  'evidence-store': ['core'],
  queue: ['core', 'engine', 'runs'],
  playbooks: ['core', 'remote', 'verbs', 'engine'],
  report: ['core', 'cases', 'ui'],
  ui: ['core'],
  sftp: ['core', 'remote', 'ui'],
  mcp: ['core', 'api', 'remote', 'verbs', 'engine', 'ui'],
  shell: ['core', 'artifacts', 'api', 'remote', 'verbs', 'engine', 'ui'],
  cli: [
    'core',
    'artifacts',
    'api',
    'remote',
    'verbs',
    'engine',
    'runs',
    'playbooks',
    'cases',
    'report',
    'evidence-store',
    'queue',
    'sftp',
    'mcp',
    'ui',
    'config',
  ],
  config: ['core'],
  lab: ['core'],
}

/** Packages that one file alone may import, so that one file decides how they are used. */
const SINGLE_IMPORTER = {
  commander: 'src/engine/parse.ts',
  ky: 'src/api/public-document.ts',
  conf: 'src/config/profile-store.ts',
  chalk: 'src/ui/theme.ts',
  'cli-table3': 'src/ui/table.ts',
  ora: 'src/ui/spinner.ts',
  inquirer: 'src/ui/prompt.ts',
  'csv-parse': 'src/core/text/csv.ts',
  aws4fetch: 'src/evidence-store/s3/sign.ts',
  yaml: 'src/core/text/yaml.ts',
  re2js: 'src/artifacts/pattern.ts',
  '@modelcontextprotocol/sdk': 'src/mcp/sdk.ts',
  ssh2: 'src/host/sftp-server.ts',
}

/**
 * What a room may use of the machine itself; everything else of it is the host's, so that a test can stand in for it. Paths, streams, buffers and hashes are calculation, and free.
 * The lab is a service of its own, with files and a port. Profiles are files, of which only their names come from the host. To deflate is calculation too.
 */
const MACHINE = [
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'fs',
  'http',
  'http2',
  'https',
  'inspector',
  'module',
  'net',
  'os',
  'process',
  'repl',
  'timers',
  'tls',
  'tty',
  'v8',
  'vm',
  'worker_threads',
  'zlib',
]
const MAY_USE = {
  cases: ['zlib'],
  config: ['fs', 'os'],
  lab: MACHINE,
}
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate']
/** Files that wait for keys or draw: what they time is the terminal, not the work. */
const TIMED_TERMINAL = [
  'src/shell/editor/editor.ts',
  'src/shell/editor/input.ts',
  'src/ui/spinner.ts',
  'src/ui/pending-input.ts',
  'src/ui/buffered-output.ts',
]

/** Where time and chance come from. */
const CLOCK_AND_CHANCE = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Use the clock that you were given.' },
  { selector: 'CallExpression[callee.name="Date"]', message: 'Use the clock that you were given.' },
]

const rooms = Object.keys(ROOMS)

/**
 * The arguments of a call lie on the stack: a spread of a hundred thousand entries ends in a RangeError, and how many there are is the endpoint's to say.
 * Of these callees each takes as many as there are.
 */
const SPREAD_DATA = {
  selector:
    'CallExpression[callee.property.name=/^(push|unshift|splice|concat|max|min|hypot|fromCharCode|fromCodePoint|of|assign|apply|toSpliced)$/] > SpreadElement',
  message: 'Do not spread data into arguments: loop, concat the list, or reduce.',
}

/** ESLint settings for the files of a room that may not import `forbiddenPackages`: neither they nor other rooms nor the machine, statically or lazily. */
function restrict(room, forbiddenPackages, alsoAllowed = []) {
  const forbiddenRooms = rooms.filter(other => other !== room && !ROOMS[room].includes(other))
  const machine = MACHINE.filter(name => !(MAY_USE[room] ?? []).includes(name) && !alsoAllowed.includes(name))
  const patterns = []
  if (machine.length > 0) {
    patterns.push({
      regex: `^(node:)?(${machine.join('|')})(/|$)`,
      message: 'Only host/ reaches the machine: take what you need as a port (core/ports.ts).',
    })
  }
  if (room !== 'lab')
    patterns.push({
      regex: '^(node:)?crypto$',
      importNamePattern: '^(?!(createHash|Hash|createPublicKey|createPrivateKey|KeyObject|sign|verify|X509Certificate)$)',
      message: 'Chance comes from the host (core/ports.ts, Random); only hashes and signatures are calculation.',
    })
  if (forbiddenRooms.length > 0) {
    patterns.push({
      regex: `^(\\.\\./)+(${forbiddenRooms.join('|')})(/|$)`,
      message: 'This room may not import that one: see docs/architecture.md.',
    })
  }
  for (const name of forbiddenPackages) patterns.push({ regex: `^${name}(/|$)`, message: `Only ${SINGLE_IMPORTER[name]} imports ${name}.` })
  const lazy = []
  if (forbiddenRooms.length > 0) {
    lazy.push({
      selector: `ImportExpression[source.value=/\\u002F(${forbiddenRooms.join('|')})\\u002F/]`,
      message: 'This room may not import that one, lazily either: see docs/architecture.md.',
    })
  }
  if (forbiddenPackages.length > 0) {
    lazy.push({
      selector: `ImportExpression[source.value=/^(${forbiddenPackages.join('|').replaceAll('/', '\\u002F')})(\\u002F|$)/]`,
      message: 'That package has one importer: see .eslintrc.cjs.',
    })
  }
  return {
    'no-restricted-imports': ['error', { patterns }],
    'no-restricted-syntax': ['error', SPREAD_DATA, ...CLOCK_AND_CHANCE, ...lazy],
  }
}

const packagesBut = file => Object.keys(SINGLE_IMPORTER).filter(name => SINGLE_IMPORTER[name] !== file)

module.exports = {
  root: true,
  parser: '@typescript-eslint/parser',
  parserOptions: { project: './tsconfig.json', tsconfigRootDir: __dirname },
  plugins: ['@typescript-eslint'],
  extends: ['eslint:recommended', 'plugin:@typescript-eslint/recommended'],
  reportUnusedDisableDirectives: true,
  ignorePatterns: ['dist', 'node_modules', 'tools', '*.cjs', '*.mjs'],
  rules: {
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
    '@typescript-eslint/await-thenable': 'error',
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    '@typescript-eslint/consistent-type-imports': 'error',
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    'no-control-regex': 'off',
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-console': 'error',
    'max-lines': ['warn', { max: 400, skipBlankLines: true, skipComments: true }],
  },
  overrides: [
    // A test file may list many cases.
    { files: ['test/**/*.ts'], rules: { 'max-lines': ['warn', { max: 700, skipBlankLines: true, skipComments: true }] } },
    // How much data a test has is its own to say.
    { files: ['bin/**/*.ts', 'src/**/*.ts'], rules: { 'no-restricted-syntax': ['error', SPREAD_DATA] } },
    ...rooms.map(room => ({
      files: [`src/${room}/**/*.ts`],
      rules: {
        ...restrict(room, Object.keys(SINGLE_IMPORTER)),
        // The host is composed in host/; everything else is handed what it needs.
        'no-restricted-globals': ['error', 'process', 'fetch', 'crypto', ...(room === 'lab' ? [] : TIMERS)],
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: 'Use the clock that you were given.' },
          { object: 'Math', property: 'random' },
        ],
      },
    })),
    // host/ is no room: what it imports is not restricted.
    ...Object.values(SINGLE_IMPORTER)
      .filter(file => file.split('/')[1] in ROOMS)
      .map(file => {
        return { files: [file], rules: restrict(file.split('/')[1], packagesBut(file)) }
      }),
    ...TIMED_TERMINAL.map(file => ({
      files: [file],
      rules: {
        ...restrict(file.split('/')[1], packagesBut(file), ['timers']),
        'no-restricted-globals': ['error', 'process', 'fetch', 'crypto'],
      },
    })),
    {
      // The page of a report runs in a browser, where there is no host to ask.
      files: ['src/report/page/*.ts'],
      parserOptions: { project: './src/report/page/tsconfig.json' },
      rules: { 'no-restricted-globals': ['error', 'process', 'fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'eval'] },
    },
  ],
}
