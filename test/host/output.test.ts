import { PassThrough, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { ClosedPipe } from '../../src/core/ports.ts'
import { processOutput, wantsColor } from '../../src/host/output.ts'

const stream = (properties: { isTTY?: boolean; columns?: number } = {}, from: Writable = new PassThrough()) =>
  Object.assign(from, properties) as NodeJS.WriteStream

describe('processOutput', () => {
  it('uses the current width of its terminal', () => {
    const terminal = stream({ isTTY: true, columns: 120 })
    const output = processOutput(terminal, true)
    expect(output).toMatchObject({ isTerminal: true, color: true })
    expect(output.columns()).toBe(120)
    terminal.columns = 50
    expect(output.columns()).toBe(50)
    expect(processOutput(stream(), false)).toMatchObject({ isTerminal: false, color: false })
    expect(processOutput(stream(), false).columns()).toBe(80)
  })

  it('assumes the usual size for a terminal that reports none, now and later', () => {
    const terminal = Object.assign(stream({ isTTY: true, columns: 0 }), { rows: 0 })
    const output = processOutput(terminal, true)
    expect([terminal.columns, terminal.rows, output.columns()]).toEqual([80, 24, 80])
    terminal.columns = 0
    terminal.emit('resize')
    expect([terminal.columns, output.columns()]).toEqual([80, 80])
  })

  it('waits until its output is accepted', async () => {
    let release = () => {}
    const written: string[] = []
    const output = processOutput(
      stream(
        {},
        new Writable({
          write(chunk, _encoding, done) {
            written.push(String(chunk))
            release = done
          },
        }),
      ),
      false,
    )
    let resolved = false
    const writing = output.write('x').then(() => {
      resolved = true
    })
    await new Promise(resolve => setImmediate(resolve))
    expect({ resolved, written }).toEqual({ resolved: false, written: ['x'] })
    release()
    await writing
    expect(resolved).toBe(true)
  })

  it.each([
    ['EPIPE', ClosedPipe],
    ['EIO', Error],
  ])('reports %s each time', async (code, type) => {
    const broken = stream(
      {},
      new Writable({
        write(_chunk, _encoding, done) {
          done(Object.assign(new Error(code), { code }))
        },
      }),
    )
    const output = processOutput(broken, false)
    for (let time = 0; time < 3; time++) await expect(output.write('x')).rejects.toBeInstanceOf(type)
    if (code === 'EIO') await expect(output.write('x')).rejects.toThrow('EIO')
  })

  it.each(['EPIPE', 'ENOSPC'])('to stderr does not disturb the work when it fails with %s', async code => {
    const broken = stream(
      {},
      new Writable({
        write(_chunk, _encoding, done) {
          done(Object.assign(new Error(code), { code }))
        },
      }),
    )
    const output = processOutput(broken, false, true)
    for (let time = 0; time < 3; time++) await expect(output.write('x')).resolves.toBeUndefined()
  })

  it('notices a reader that leaves between writes', async () => {
    const broken = stream()
    const output = processOutput(broken, false)
    broken.emit('error', Object.assign(new Error('EPIPE'), { code: 'EPIPE' }))
    await expect(output.write('x')).rejects.toBeInstanceOf(ClosedPipe)
  })
})

describe('wantsColor', () => {
  it.each([
    [true, {}, false, true],
    [false, {}, false, false],
    [true, {}, true, false],
    [true, { NO_COLOR: '1' }, false, false],
    [true, { NO_COLOR: '' }, false, true],
    [false, { FORCE_COLOR: '1' }, false, true],
    [true, { FORCE_COLOR: '0' }, false, false],
    [true, { FORCE_COLOR: '' }, false, true],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false, false],
    [false, { FORCE_COLOR: '1' }, true, false],
    [true, { TERM: 'dumb' }, false, false],
  ])('terminal %s, %j, --no-color %s: %s', (isTTY, env, off, color) => {
    expect(wantsColor(stream({ isTTY }), env, off)).toBe(color)
  })
})
