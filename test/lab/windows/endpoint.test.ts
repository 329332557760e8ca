import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../src/lab/endpoint.ts'
import { initialWindowsState, openWindowsEndpoint } from '../../../src/lab/windows/index.ts'
import { BORN, countingRandom, MemoryBlobs, MemoryDocument, openLab, SleepClock } from './support.ts'

describe('the endpoint', () => {
  test('describes itself', () => {
    const { endpoint } = openLab()
    expect(endpoint.supportedCommands).toEqual(COMMANDS)
    expect(endpoint.drives).toEqual(['A:\\', 'C:\\', 'D:\\'])
    expect(endpoint.directory).toBe('C:\\Windows\\system32')
  })

  test('uses no storage until something is changed', async () => {
    const lab = openLab()
    for (const path of ['C:\\', 'C:\\Windows\\System32\\', 'D:\\*']) await lab.run('directory list', { path })
    await lab.run('get file', { path: 'C:\\Windows\\win.ini' })
    await lab.run('reg enum key', { path: 'HKCU' })
    await lab.run('process list')
    expect(JSON.parse(lab.document.json)).toEqual(initialWindowsState())
  })

  test('keeps changes, in another process too', async () => {
    const lab = openLab()
    await lab.run('create directory', { path: 'C:\\demo' })
    await lab.put('C:\\demo\\a long name.txt', 'text')
    await lab.run('reg set value', { path: 'HKCU\\Environment\\X', value_type: 'REG_SZ', value_data: 'y' })
    await lab.run('kill', { pid: 9380 })
    await lab.run('delete file', { path: 'D:\\Finance\\bank-export.csv' })
    const other = lab.again()
    expect((await other.get('C:\\demo\\ALONGN~1.TXT')).toString()).toBe('text')
    expect((await other.run('reg query value', { path: 'HKCU\\Environment\\X' })).value?.registry_data).toBe('y')
    expect((await other.run('process list')).processes?.some(({ process_pid }) => process_pid === 9380)).toBe(false)
    expect((await other.run('directory list', { path: 'D:\\Finance\\' })).files?.map(({ filename }) => filename)).not.toContain(
      'bank-export.csv',
    )
  })

  test('accepts names like those of JavaScript properties', async () => {
    const lab = openLab()
    for (const name of ['__proto__', 'constructor', 'toString']) {
      await lab.put(`C:\\Users\\Public\\${name}`, name)
      await lab.run('reg create key', { path: `HKCU\\Software\\${name}` })
    }
    expect((await lab.get('C:\\Users\\Public\\__proto__')).toString()).toBe('__proto__')
    expect((await lab.run('reg enum key', { path: 'HKCU\\Software' })).sub_keys).toEqual(
      expect.arrayContaining(['__proto__', 'constructor', 'toString']),
    )
  })

  test('takes its latency for every command', async () => {
    const clock = new SleepClock(BORN)
    const endpoint = openWindowsEndpoint({
      role: 'server',
      name: 'SRV',
      document: new MemoryDocument(),
      blobs: new MemoryBlobs(),
      clock,
      random: countingRandom(),
      born: BORN,
      latency: 120,
    })
    const sensor = { staged: async () => undefined, stage: async () => {}, report: async () => {}, signal: new AbortController().signal }
    await endpoint.run({ name: 'process list' }, sensor)
    expect(clock.now() - BORN).toBe(120)
  })
})
