'use strict'

/**
 * Which room of src/ may import which (docs/architecture.md). What isn't listed may not be.
 * `main.ts` and `host/` compose the program and may import every room.
 */
const ROOMS = {
  core: [],
  api: ['core'],
  remote: ['core', 'api'],
  verbs: ['core', 'remote', 'api'],
  engine: ['core', 'verbs', 'remote', 'api'],
  ui: ['core'],
  shell: ['core', 'engine', 'ui'],
  cli: ['core', 'engine', 'ui', 'config'],
  config: ['core'],
  lab: ['core'],
}

/** Packages that one file alone may import, so that one file decides how they are used. */
const SINGLE_IMPORTER = {
  commander: 'src/engine/parse.ts',
  ky: 'src/api/http.ts',
  conf: 'src/config/profile-store.ts',
  chalk: 'src/ui/theme.ts',
  'cli-table3': 'src/ui/table.ts',
  ora: 'src/ui/spinner.ts',
  inquirer: 'src/ui/prompt.ts',
  'csv-parse': 'src/core/text/csv.ts',
}

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

/** ESLint settings for files that may import neither `forbiddenRooms` nor `forbiddenPackages`, statically or lazily. */
function restrict(forbiddenRooms, forbiddenPackages) {
  const patterns = []
  if (forbiddenRooms.length > 0) {
    patterns.push({
      regex: `^(\\.\\./)+(${forbiddenRooms.join('|')})(/|$)`,
      message: 'This room may not import that one: see docs/architecture.md.',
    })
  }
  const paths = forbiddenPackages.map(name => ({ name, message: `Only ${SINGLE_IMPORTER[name]} imports ${name}.` }))
  const lazy = []
  if (forbiddenRooms.length > 0) {
    lazy.push({
      selector: `ImportExpression[source.value=/\\u002F(${forbiddenRooms.join('|')})\\u002F/]`,
      message: 'This room may not import that one, lazily either: see docs/architecture.md.',
    })
  }
  if (forbiddenPackages.length > 0) {
    lazy.push({
      selector: `ImportExpression[source.value=/^(${forbiddenPackages.join('|')})$/]`,
      message: 'That package has one importer: see .eslintrc.cjs.',
    })
  }
  return {
    'no-restricted-imports': ['error', { paths, patterns }],
    'no-restricted-syntax': ['error', SPREAD_DATA, ...lazy],
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
        ...restrict(
          rooms.filter(other => other !== room && !ROOMS[room].includes(other)),
          Object.keys(SINGLE_IMPORTER),
        ),
        // The host is composed in host/; everything else is handed what it needs.
        'no-restricted-globals': ['error', 'process', 'fetch'],
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: 'Use the clock that you were given.' },
          { object: 'Math', property: 'random' },
        ],
      },
    })),
    ...Object.values(SINGLE_IMPORTER).map(file => {
      const room = file.split('/')[1]
      return {
        files: [file],
        rules: restrict(
          rooms.filter(other => other !== room && !ROOMS[room].includes(other)),
          packagesBut(file),
        ),
      }
    }),
  ],
}
