import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { HistoryFile } from '../../src/host/history-file.ts'
import { testFolder } from '../support/folder.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = testFolder()
  path = join(folder, 'history')
})

const lines = () => readFileSync(path, 'utf8').split('\n').slice(0, -1)

describe('replacing the history file', () => {
  test('keeps the last lines, and readers notice it', () => {
    const one = new HistoryFile(path)
    const two = new HistoryFile(path)
    for (const line of ['a', 'b', 'c']) one.append(line)
    expect(two.read()).toEqual({ lines: ['a', 'b', 'c'], whole: true })
    one.trim(3)
    expect(two.read()).toEqual({ lines: [], whole: false })
    one.trim(2)
    one.append('d')
    expect(lines()).toEqual(['b', 'c', 'd'])
    expect(two.read()).toEqual({ lines: ['b', 'c', 'd'], whole: true })
    one.append('e')
    expect(two.read()).toEqual({ lines: ['e'], whole: false })
  })

  test('loses nothing while others append, even when repeated', async () => {
    const program = join(folder, 'append.mjs')
    await build({
      stdin: {
        contents: `import { workerData } from 'node:worker_threads'
          import { HistoryFile } from './history-file.ts'
          const file = new HistoryFile(workerData.path)
          for (let n = 0; n < 400; n++) file.append(workerData.name + ' ' + n)`,
        resolveDir: fileURLToPath(new URL('../../src/host', import.meta.url)),
        loader: 'ts',
      },
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    })
    const file = new HistoryFile(path)
    writeFileSync(path, 'filling\n'.repeat(4000))
    let running = 2
    const workers = ['a', 'b'].map(
      name =>
        new Promise((done, fail) => {
          new Worker(program, { workerData: { path, name } }).on('error', fail).on('exit', () => {
            running--
            done(undefined)
          })
        }),
    )
    while (running > 0) {
      // Only the filler at the start is trimmed, never a line of a shell.
      file.trim(lines().length - 1)
      await new Promise(done => setImmediate(done))
    }
    await Promise.all(workers)
    expect(lines().length).toBeLessThan(4800)
    expect(lines()).toContain('filling')
    const kept = new Set(lines())
    expect(['a', 'b'].flatMap(name => Array.from({ length: 400 }, (_, n) => `${name} ${n}`)).filter(line => !kept.has(line))).toEqual([])
  })
})

test('any content of the file is read as lines, and an added line becomes the last', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes)),
        fc
          .array(fc.constantFrom('"', '\n', '\\u001b', '{', '"a"', '"\\ud800"', '\0', '\r', 'ls'), { maxLength: 12 })
          .map(parts => Buffer.from(parts.join(''))),
      ),
      bytes => {
        writeFileSync(path, bytes)
        const file = new HistoryFile(path)
        for (const line of file.read().lines) expect(line).toBeTypeOf('string')
        file.append('the last')
        expect(new HistoryFile(path).read().lines.at(-1)).toBe('the last')
      },
    ),
    { numRuns: 300 },
  )
})
