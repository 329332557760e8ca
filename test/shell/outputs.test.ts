import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Output } from '../../src/core/ports.ts'
import { toCommand, toFile } from '../../src/shell/outputs.ts'
import { localFiles } from '../../src/host/local-files.ts'
import { testFolder } from '../support/folder.ts'

let folder = ''
beforeEach(() => {
  folder = testFolder()
})
const at = (name: string) => join(folder, name)

const say =
  (...parts: (string | Uint8Array)[]) =>
  async (stdout: Output) => {
    expect(stdout).toMatchObject({ isTerminal: false, color: false })
    for (const part of parts) await stdout.write(part)
    return 5
  }

describe('output to a file', () => {
  it('appears whole, and replaces the old content', async () => {
    writeFileSync(at('x'), 'old and longer')
    expect(
      await toFile(localFiles, at('x'), false, async stdout => {
        await stdout.write('one ')
        expect(readFileSync(at('x'), 'utf8')).toBe('old and longer')
        return await say('grün ', Buffer.from([0, 255]))(stdout)
      }),
    ).toBe(5)
    expect(readFileSync(at('x'))).toEqual(Buffer.concat([Buffer.from('one grün '), Buffer.from([0, 255])]))
    expect(readdirSync(folder)).toEqual(['x'])
  })

  it('is appended with >>', async () => {
    for (const part of ['a', 'b']) await toFile(localFiles, at('x'), true, say(part))
    expect(readFileSync(at('x'), 'utf8')).toBe('ab')
  })

  it('keeps the old content on failure', async () => {
    writeFileSync(at('x'), 'old')
    const fails = async (stdout: Output) => {
      await stdout.write('new')
      throw new Error('no')
    }
    await expect(toFile(localFiles, at('x'), false, fails)).rejects.toThrow('no')
    expect(readFileSync(at('x'), 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['x'])
  })

  it('that cannot be written stops the work before it begins', async () => {
    mkdirSync(at('sub'))
    const never = async () => {
      throw new Error('begun')
    }
    for (const [path, append] of [
      [at('no/x'), false],
      [at('no/x'), true],
      [at('sub'), false],
      [at('sub'), true],
      [`${at('sub')}/`, false],
    ] as const) {
      await expect(toFile(localFiles, path, append, never)).rejects.toMatchObject({ code: 'io' })
    }
    expect(readdirSync(at('sub'))).toEqual([])
  })
})

describe('output to a local command', () => {
  async function all(input: AsyncIterable<Uint8Array>): Promise<string> {
    const parts: Uint8Array[] = []
    for await (const part of input) parts.push(part)
    return Buffer.concat(parts).toString()
  }

  it('is its input, to the end', async () => {
    let came = ''
    const large = 'x'.repeat(300_000)
    expect(
      await toCommand(
        async input => {
          came = await all(input)
          return 3
        },
        say('a', Buffer.from('b'), large),
      ),
    ).toEqual({ result: 5, code: 3 })
    expect(came).toBe(`ab${large}`)
  })

  it('is written at the pace of the command', async () => {
    let written = 0
    let read = 0
    await toCommand(
      async input => {
        for await (const part of input) {
          read += part.length
          expect(written - read).toBeLessThan(1 << 20)
        }
        return 0
      },
      async stdout => {
        for (; written < 8 << 20; written += 1 << 16) await stdout.write(Buffer.alloc(1 << 16))
      },
    )
    expect(read).toBe(8 << 20)
  })

  it('ends the work without an error when the command has read enough', async () => {
    let written = 0
    const { result, code } = await toCommand(
      async input => {
        for await (const _ of input) break
        return 0
      },
      async stdout => {
        for (;;) await stdout.write(`${written++}`.padEnd(10_000))
      },
    )
    expect({ result, code }).toEqual({ result: undefined, code: 0 })
    expect(written).toBeLessThan(1000)
  })

  it("reports the work's failure after the command ends", async () => {
    let ended = false
    await expect(
      toCommand(
        async input => {
          await all(input)
          ended = true
          return 0
        },
        async () => {
          throw new Error('no')
        },
      ),
    ).rejects.toThrow('no')
    expect(ended).toBe(true)
  })

  it('reports a command that cannot be run, even while the work goes on', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown) => {
      rejections.push(reason)
    }
    process.on('unhandledRejection', note)
    try {
      await expect(
        toCommand(
          async () => {
            throw new Error('no shell')
          },
          async stdout => {
            for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
            await stdout.write('x')
          },
        ),
      ).rejects.toThrow('no shell')
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(rejections).toEqual([])
  })
})
