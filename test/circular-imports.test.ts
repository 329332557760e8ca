import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The files of ours that a file imports: statically, lazily, or for their types. */
function importsOf(path: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(ROOT, path), 'utf8'))
  return importedFiles.filter(({ fileName }) => fileName.startsWith('.')).map(({ fileName }) => join(dirname(path), fileName))
}

/** The circles of a graph, one for each import that leads back to a file on the way to it. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' → '))
    if (way.includes(file) || done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...way, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return found
}

it('no file of the program imports itself through others', () => {
  const files = globSync('{bin,src}/**/*.ts', { cwd: ROOT })
  expect(files.length).toBeGreaterThan(100)
  expect(circles(new Map(files.map(file => [file, importsOf(file)])))).toEqual([])
})

it('a circle of imports is found, wherever one starts', () => {
  expect(
    circles(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b', 'd']],
      ]),
    ),
  ).toEqual(['b → c → b'])
})
