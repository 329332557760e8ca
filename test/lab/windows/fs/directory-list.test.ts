import { describe, expect, test } from 'vitest'
import { HRESULT } from '../../../../src/lab/endpoint.ts'
import { failure, openLab } from '../support.ts'

const list = async (path: string, lab = openLab()) => (await lab.run('directory list', { path })).files ?? []
const names = async (path: string, lab = openLab()) => (await list(path, lab)).map(({ filename }) => filename)

describe('directory list', () => {
  test("matches the document: chrome's directory", async () => {
    const entries = await list('C:\\Program Files\\Google\\Chrome\\Application\\')
    expect(entries.slice(0, 2)).toMatchObject([
      { filename: '.', size: 0, attributes: ['DIRECTORY'], alternate_name: '' },
      { filename: '..', attributes: ['DIRECTORY'] },
    ])
    const chrome = entries.find(({ filename }) => filename === 'chrome.exe')
    expect(chrome).toMatchObject({ size: 2509656, attributes: ['ARCHIVE'], alternate_name: '' })
    for (const time of [chrome?.create_time, chrome?.last_access_time, chrome?.last_write_time])
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  test('shows no . and .. in a root, and a directory without a separator as its own entry', async () => {
    const root = await names('C:\\')
    expect(root).toEqual(expect.arrayContaining(['Users', 'Windows', 'pagefile.sys', 'Documents and Settings']))
    expect(root).not.toContain('.')
    expect(await list('C:\\Users')).toMatchObject([{ filename: 'Users', attributes: ['READONLY', 'DIRECTORY'] }])
    expect(await list('c:/users/J.MOREAU/downloads')).toMatchObject([{ filename: 'Downloads' }])
    expect(await list('C:')).toMatchObject([{ filename: 'C:', attributes: ['HIDDEN', 'SYSTEM', 'DIRECTORY'] }])
  })

  test('matches patterns with long and short names', async () => {
    expect(await names('C:\\Windows\\System32\\ping*')).toEqual(['PING.EXE'])
    expect(await names('C:\\PROGRA~?')).toEqual(['Program Files', 'Program Files (x86)', 'ProgramData'])
    expect(await names('C:\\PROGRA~1\\Google\\Chrome\\Application\\chrome.*')).toEqual(['chrome.exe', 'chrome.VisualElementsManifest.xml'])
    expect((await names('C:\\Users\\*.*')).slice(0, 2)).toEqual(['.', '..'])
  })

  test('of an empty pattern, a missing file, a missing directory, a file as directory or an empty floppy drive fails as in Windows', async () => {
    expect(await failure(list('C:\\Windows\\*.nothing'))).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await failure(list('C:\\nothing'))).toBe(HRESULT.FILE_NOT_FOUND)
    expect(await failure(list('C:\\nothing\\'))).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await failure(list('C:\\nothing\\*'))).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await failure(list('C:\\nothing\\deeper'))).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await failure(list('C:\\Windows\\win.ini\\'))).toBe(0x8007010b)
    expect(await failure(list('A:\\'))).toBe(0x80070015)
    expect(await failure(list('Z:\\'))).toBe(HRESULT.PATH_NOT_FOUND)
    expect(await failure(list('C:\\System Volume Information\\'))).toBe(HRESULT.ACCESS_DENIED)
    expect(await failure(list('C:\\System Volume Information\\x'))).toBe(HRESULT.ACCESS_DENIED)
  })

  test('follows junctions inside a path, and shows one at its end', async () => {
    expect(await list('C:\\Documents and Settings')).toMatchObject([{ attributes: expect.arrayContaining(['REPARSE_POINT', 'DIRECTORY']) }])
    expect(await names('C:\\Documents and Settings\\')).toEqual(await names('C:\\Users\\'))
    const loop = 'C:\\Users\\j.moreau\\AppData\\Local\\Application Data\\Application Data\\Application Data'
    expect(await names(`${loop}\\Microsoft\\`)).toEqual(await names('C:\\Users\\j.moreau\\AppData\\Local\\Microsoft\\'))
  })

  test('finds a directory by its short name without a separator', async () => {
    expect(await list('C:\\DOCUME~1\\j.moreau\\Downloads\\INVOIC~1.ISO')).toMatchObject([{ filename: 'Invoice_8841.iso' }])
  })
})
