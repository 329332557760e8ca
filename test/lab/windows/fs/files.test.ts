import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HRESULT } from '../../../../src/lab/endpoint.ts'
import { BORN, failure, type Lab, openLab } from '../support.ts'

const listed = async (lab: ReturnType<typeof openLab>, path: string) => (await lab.run('directory list', { path })).files ?? []

describe("the files of the documents' examples", () => {
  test('C:\\demo exists with its file, and can still be created once', async () => {
    const lab = openLab()
    expect((await lab.run('directory list', { path: 'C:\\demo\\' })).files?.map(({ filename, size }) => [filename, size])).toEqual([
      ['.', 0],
      ['..', 0],
      ['hello_world.txt', 42],
    ])
    expect(await lab.run('create directory', { path: 'C:\\demo' })).toEqual({})
    expect((await lab.run('directory list', { path: 'C:\\demo\\' })).files?.map(({ filename }) => filename)).toEqual(['.', '..'])
    expect(await failure(lab.run('create directory', { path: 'C:\\demo' }))).toBe(HRESULT.ALREADY_EXISTS)
  })

  test.each<[what: string, change: (lab: Lab) => Promise<unknown>]>([
    ['put into it', lab => lab.put('C:\\demo\\own.txt', 'x')],
    ['deleted from it', lab => lab.run('delete file', { path: 'C:\\demo\\hello_world.txt' })],
    ['changed in it', lab => lab.put('C:\\demo\\hello_world.txt', 'x')],
  ])('C:\\demo cannot be created again after something was %s', async (_, change) => {
    const lab = openLab()
    await change(lab)
    expect(await failure(lab.run('create directory', { path: 'C:\\demo' }))).toBe(HRESULT.ALREADY_EXISTS)
  })

  test('the sensor has a folder for temporary files', async () => {
    const lab = openLab('workstation')
    await lab.put('C:\\Program Files\\Confer\\temp\\out.txt', 'x')
    expect((await lab.get('c:\\program files\\confer\\TEMP\\out.txt')).toString()).toBe('x')
  })
})

describe('create directory', () => {
  test('creates one, once, below an existing one', async () => {
    const lab = openLab()
    expect(await lab.run('create directory', { path: 'C:\\demo' })).toEqual({})
    expect(await listed(lab, 'C:\\DEMO')).toMatchObject([
      { filename: 'demo', attributes: ['DIRECTORY'], create_time: '2025-11-04T15:30:00Z' },
    ])
    expect(await failure(lab.run('create directory', { path: 'c:\\Demo\\' }))).toBe(HRESULT.ALREADY_EXISTS)
    expect(await failure(lab.run('create directory', { path: 'C:\\no\\such' }))).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await failure(lab.run('create directory', { path: 'C:\\Windows\\win.ini' }))).toBe(HRESULT.ALREADY_EXISTS)
    expect(await failure(lab.run('create directory', { path: 'C:\\' }))).toBe(HRESULT.ALREADY_EXISTS)
    expect(await failure(lab.run('create directory', { path: 'C:\\aux' }))).toBe(0x8007007b)
  })
})

describe('put file and get file', () => {
  test('keep every byte, also in part', async () => {
    const lab = openLab()
    await lab.run('create directory', { path: 'C:\\demo' })
    await lab.put('C:\\demo\\hello_world.txt', 'Hello\r\n'.repeat(6))
    expect((await lab.get('C:\\demo\\HELLO_~1.TXT')).toString()).toBe('Hello\r\n'.repeat(6))
    expect((await lab.get('C:\\demo\\hello_world.txt', 7, 5)).toString()).toBe('Hello')
    expect((await lab.get('C:\\demo\\hello_world.txt', 40, 100)).toString()).toBe('\r\n')
    expect(await lab.get('C:\\demo\\hello_world.txt', 1000)).toHaveLength(0)
    expect(await lab.run('get file', { path: 'C:\\demo\\hello_world.txt', offset: 7, count: 5 })).toMatchObject({
      file_details: { offset: 7, count: 5 },
    })
    expect(await listed(lab, 'C:\\demo\\*.txt')).toMatchObject([{ size: 42, attributes: ['ARCHIVE'], alternate_name: 'HELLO_~1.TXT' }])
  })

  test('overwrite a file, but keep its name and time of creation', async () => {
    const lab = openLab()
    await lab.put('C:\\Users\\Public\\Notes.txt', 'one')
    await lab.clock.sleep(60_000)
    await lab.put('c:\\users\\public\\NOTES.TXT', 'second')
    expect(await listed(lab, 'C:\\Users\\Public\\notes.txt')).toMatchObject([
      { filename: 'Notes.txt', size: 6, create_time: '2025-11-04T15:30:00Z', last_write_time: '2025-11-04T15:31:00Z' },
    ])
  })

  test('fail where no file can be', async () => {
    const lab = openLab()
    const put = (path: string) => failure(lab.put(path, 'x'))
    expect(await put('C:\\no\\x')).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await put('C:\\Windows\\win.ini\\x')).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await put('C:\\Users')).toBe(HRESULT.ACCESS_DENIED)
    expect(await put('C:\\pagefile.sys')).toBe(HRESULT.SHARING_VIOLATION)
    expect(await put('C:\\Users\\Public\\svchost.exe')).toBe(HRESULT.SHARING_VIOLATION)
    expect(await put('C:\\Windows\\System32\\find.exe')).toBe(HRESULT.ACCESS_DENIED)
    expect(await put('C:\\Windows\\win.ini:hidden')).toBe(HRESULT.NOT_SUPPORTED)
    expect(await put('A:\\x')).toBe(0x80070015)
    expect(await failure(lab.run('put file', { path: 'C:\\x', file_id: 'unknown' }))).toBe(HRESULT.FILE_NOT_FOUND)
  })

  test('fail on a full disk, whose space can be freed', async () => {
    const lab = openLab()
    lab.staged.set('big', { kind: 'generated', seed: 1, size: 3 * 1024 ** 3 })
    expect(await failure(lab.run('put file', { path: 'D:\\big.bin', file_id: 'big' }))).toBe(HRESULT.DISK_FULL)
    await lab.run('delete file', { path: 'D:\\Backup\\finance-2025.bak' })
    await lab.run('put file', { path: 'D:\\big.bin', file_id: 'big' })
    expect(await failure(lab.run('put file', { path: 'D:\\big2.bin', file_id: 'big' }))).toBe(HRESULT.DISK_FULL)
  })

  test('take no time for part of a gigabyte', async () => {
    const lab = openLab()
    expect(await listed(lab, 'D:\\Backup\\finance-2025.bak')).toMatchObject([{ size: 1024 ** 3 }])
    expect(await lab.get('D:\\Backup\\finance-2025.bak', 1024 ** 3 - 10)).toHaveLength(10)
  })

  test('fail for what cannot be read', async () => {
    const lab = openLab()
    const get = (path: string) => failure(lab.run('get file', { path }))
    expect(await get('C:\\pagefile.sys')).toBe(HRESULT.SHARING_VIOLATION)
    expect(await get('C:\\Windows\\System32\\config\\SYSTEM')).toBe(HRESULT.SHARING_VIOLATION)
    expect(await get('C:\\Users')).toBe(HRESULT.ACCESS_DENIED)
    expect(await get('C:\\nothing.txt')).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await get('C:\\nothing\\x.txt')).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await get('C:\\Windows\\win.ini:none')).toBe(HRESULT.FILE_NOT_FOUND)
  })

  test('keep any bytes under any name', async () => {
    const name = fc
      .string({ unit: fc.constantFrom('a', 'B', '7', ' ', '.', 'ü', '_', '$'), minLength: 1, maxLength: 30 })
      .filter(text => /[^. ]$/.test(text))
    await fc.assert(
      fc.asyncProperty(name, fc.uint8Array({ maxLength: 9000 }), async (text, bytes) => {
        const lab = openLab()
        await lab.put(`C:\\Users\\Public\\${text}`, bytes)
        expect(Buffer.compare(await lab.get(`c:/USERS/public/${text.toUpperCase().toLowerCase()}`), bytes)).toBe(0)
        expect((await listed(lab, 'C:\\Users\\Public\\')).map(({ filename }) => filename)).toContain(text)
      }),
      { numRuns: 40 },
    )
  })
})

describe('delete file', () => {
  test('deletes files and empty directories', async () => {
    const lab = openLab()
    await lab.run('create directory', { path: 'C:\\demo' })
    await lab.put('C:\\demo\\x.txt', 'x')
    expect(await failure(lab.run('delete file', { path: 'C:\\demo' }))).toBe(HRESULT.DIR_NOT_EMPTY)
    await lab.run('delete file', { path: 'C:\\demo\\x.txt' })
    expect(await failure(lab.run('delete file', { path: 'C:\\demo\\x.txt' }))).toBe(HRESULT.FILE_NOT_FOUND)
    await lab.run('delete file', { path: 'C:\\demo' })
    expect(await failure(lab.run('directory list', { path: 'C:\\demo' }))).toBe(HRESULT.FILE_NOT_FOUND)
  })

  test('refuses what must stay', async () => {
    const lab = openLab()
    const remove = (path: string) => failure(lab.run('delete file', { path }))
    expect(await remove('C:\\Users\\Public\\svchost.exe')).toBe(HRESULT.ACCESS_DENIED)
    expect(await remove('C:\\bootmgr')).toBe(HRESULT.ACCESS_DENIED)
    expect(await remove('C:\\Windows\\System32\\ntdll.dll')).toBe(HRESULT.ACCESS_DENIED)
    expect(await remove('C:\\pagefile.sys')).toBe(HRESULT.SHARING_VIOLATION)
    expect(await remove('C:\\')).toBe(HRESULT.ACCESS_DENIED)
    expect(await remove('C:\\nothing\\x')).toBe(HRESULT.PATH_NOT_FOUND)
    await lab.exec('cmd /c attrib +r C:\\Users\\j.moreau\\Desktop\\todo.txt')
    expect(await remove('C:\\Users\\j.moreau\\Desktop\\todo.txt')).toBe(HRESULT.ACCESS_DENIED)
  })

  test('leaves a recreated seed directory empty', async () => {
    const lab = openLab()
    expect((await lab.exec('cmd /c rd /s /q D:\\Finance')).code).toBe(0)
    await lab.run('create directory', { path: 'D:\\finance' })
    expect((await listed(lab, 'D:\\Finance\\')).map(({ filename }) => filename)).toEqual(['.', '..'])
    expect(await listed(lab, 'D:\\Finance')).toMatchObject([{ filename: 'finance' }])
  })

  test('deletes a junction, but not its target', async () => {
    const lab = openLab()
    await lab.run('delete file', { path: 'C:\\Documents and Settings' })
    expect((await listed(lab, 'C:\\Users\\')).length).toBeGreaterThan(3)
  })
})

test('after any sequence of changes the listing shows their result', async () => {
  const name = fc.constantFrom('a', 'B', 'long name one.txt', 'long name two.txt', 'c.d')
  const step = fc.record({ act: fc.constantFrom('put', 'delete'), name })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
      const lab = openLab()
      await lab.run('create directory', { path: 'C:\\model' })
      const model = new Map<string, number>()
      for (const [at, { act, name: file }] of steps.entries()) {
        const path = `C:\\model\\${file}`
        if (act === 'put') {
          await lab.put(path, 'x'.repeat(at))
          model.set(file, at)
        } else if (model.delete(file)) {
          await lab.run('delete file', { path })
        } else {
          expect(await failure(lab.run('delete file', { path }))).toBe(HRESULT.FILE_NOT_FOUND)
        }
      }
      const entries = (await listed(lab.again(), 'C:\\model\\')).slice(2)
      expect(new Map(entries.map(({ filename, size }) => [filename, size]))).toEqual(model)
      const shorts = entries.map(({ alternate_name }) => alternate_name).filter(short => short !== '')
      expect(new Set(shorts).size).toBe(shorts.length)
    }),
    { numRuns: 60 },
  )
  expect(BORN).toBeGreaterThan(0)
})
