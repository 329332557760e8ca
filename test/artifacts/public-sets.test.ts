import { describe, expect, it } from 'vitest'
import { isFor, type Definition, type Platform } from '../../src/artifacts/definition.ts'
import { wishesOf } from '../../src/artifacts/wishes.ts'
import { FORENSIC_ARTIFACTS, HAVE_SETS, KAPE_TARGETS, readSet, UNIX, WINDOWS } from './public-sets.ts'

describe.skipIf(!HAVE_SETS)('the public sets of definitions (CBC_TEST_DATA)', () => {
  const planned = (definitions: readonly Definition[], platform: Platform) => {
    const wanted = definitions.filter(({ platforms }) => isFor(platforms, platform))
    const left = wanted.flatMap(one => {
      const { unplanned } = wishesOf([one], platform, platform === 'Windows' ? WINDOWS : UNIX)
      return unplanned.map(({ path, why }) => `${one.name}: ${path}: ${why}`)
    })
    return { wanted: wanted.length, left, names: new Set(left.map(line => line.split(':', 1)[0])) }
  }

  it('every file of ForensicArtifacts is read, and all but a handful of its definitions can be planned', () => {
    const { definitions, faults, files, catalog } = readSet(FORENSIC_ARTIFACTS)
    expect({ files, faults }).toEqual({ files: 32, faults: [] })
    expect(definitions).toHaveLength(731)
    for (const { name } of definitions) catalog.resolve([name])
    const windows = planned(definitions, 'Windows')
    expect(windows.wanted).toBe(388)
    expect([...windows.names].length, windows.left.join('\n')).toBeLessThanOrEqual(3)
    expect(planned(definitions, 'Linux').left).toEqual([])
    expect(planned(definitions, 'Darwin').left).toEqual([])
  })

  it('every KAPE target is read, and all can be planned but those that need raw access', () => {
    const { definitions, faults, catalog } = readSet(KAPE_TARGETS)
    expect(faults).toEqual([])
    expect(definitions).toHaveLength(366)
    for (const { name } of definitions) catalog.resolve([`kape:${name}`])
    const { left } = planned(definitions, 'Windows')
    expect(left.filter(line => !line.includes('needs raw access'))).toEqual([])
  })
})
