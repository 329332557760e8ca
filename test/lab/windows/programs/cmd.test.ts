import { beforeEach, describe, expect, test } from 'vitest'
import { type Lab, openLab } from '../support.ts'

let lab: Lab
beforeEach(async () => {
  lab = openLab()
  await lab.run('create directory', { path: 'C:\\demo' })
})
const cmd = async (line: string) => (await lab.exec(`cmd.exe /c ${line}`, 'C:\\demo')).output.replaceAll('\r\n', '\n')
const code = async (line: string) => (await lab.exec(`cmd.exe /c ${line}`, 'C:\\demo')).code

describe("the command shell's grammar", () => {
  test.each([
    ['echo one& echo two', 'one\ntwo\n'],
    ['echo one && echo two', 'one \ntwo\n'],
    ['type none 2>nul || echo fallback', 'fallback\n'],
    ['ver >nul && echo ok', 'ok\n'],
    ['type none 2>nul && echo no', ''],
    ['"echo quoted"', 'quoted\n'],
    ['"echo "a b" & echo c"', '"a b" \nc\n'],
    ['echo a^&b', 'a&b\n'],
    ['echo "a&b"', '"a&b"\n'],
    ['(echo a& echo b)', 'a\nb\n'],
    ['echo %COMPUTERNAME%', 'WIN-FIN-01\n'],
    ['echo %NONE%', '%NONE%\n'],
    ['echo %OS:~0,3%-%OS:NT=xx%', 'Win-Windows_xx\n'],
    ['echo.', '\n'],
    ['echo', 'ECHO is on.\n'],
    ['if exist C:\\demo (echo yes) else (echo no)', 'yes\n'],
    ['if not exist C:\\demo (echo yes) else (echo no)', 'no\n'],
    ['if /i ABC==abc echo same', 'same\n'],
    ['if 2 lss 10 echo less', 'less\n'],
    ['if 1==2 echo a & echo b', ''],
    ['for %i in (x y) do @echo [%i]', '[x]\n[y]\n'],
    ['for /l %i in (3,-1,1) do @echo %i', '3\n2\n1\n'],
    ['for %f in (C:\\Windows\\win.*) do @echo %f', 'C:\\Windows\\win.ini\n'],
    ['type none 2>nul & echo x && echo y', 'x \ny\n'],
    ['set /a 7/2*3-1', '8'],
    ['echo x|findstr x', 'x\n'],
    ['echo %CD%', 'C:\\demo\n'],
    ['cd .. & cd', 'C:\\\n'],
    ['cd /d D:\\Finance & cd', 'D:\\Finance\n'],
    ['pushd C:\\Windows & cd & popd & cd', 'C:\\Windows\nC:\\demo\n'],
    ['nosuch', "'nosuch' is not recognized as an internal or external command,\noperable program or batch file.\n"],
    ['(echo a', ') was unexpected at this time.\n'],
  ])('%s', async (line, output) => {
    expect(await cmd(line)).toBe(output)
  })

  test('expands variables on a line before it runs', async () => {
    expect(await cmd('set X=new& echo %X%& set X')).toBe('%X%\nX=new\n')
    expect(await cmd('set "X=a b"& set X')).toBe('X=a b\n')
  })

  test.each([
    ['exit 42', 42],
    ['exit -1', -1],
    ['type none', 1],
    ['nosuch', 1],
    ['ver', 0],
    ['find "x" C:\\Windows\\win.ini', 0],
    ['find "q#q" C:\\Windows\\win.ini', 1],
  ])('%s ends with %i', async (line, expected) => {
    expect(await code(line)).toBe(expected)
  })
})

describe('redirection', () => {
  test('writes, appends, reads, and joins', async () => {
    expect(await cmd('echo one>a.txt& echo two>>a.txt& type a.txt')).toBe('one\ntwo\n')
    expect(await cmd('sort /r < a.txt')).toBe('two\none\n')
    expect(await cmd('type none > b.txt 2>&1 & type b.txt')).toBe('The system cannot find the file specified.\n')
    expect(await cmd('(echo x& echo y) > c.txt & type c.txt')).toBe('x\ny\n')
    expect(await cmd('echo hidden>nul')).toBe('')
    expect(await cmd('echo x>C:\\none\\a.txt & echo after')).toBe('The system cannot find the path specified.\nafter\n')
    expect((await lab.get('C:\\demo\\a.txt')).toString()).toBe('one\r\ntwo\r\n')
  })

  test('handles large output', async () => {
    expect(await code('type C:\\Windows\\explorer.exe > big.bin')).toBe(0)
    const { files } = await lab.run('directory list', { path: 'C:\\demo\\big.bin' })
    expect(files).toMatchObject([{ size: 5180208 }])
    expect(await cmd('certutil -hashfile big.bin md5')).toBe(
      (await cmd('certutil -hashfile C:\\Windows\\explorer.exe md5')).replace('C:\\Windows\\explorer.exe', 'big.bin'),
    )
  })
})

describe('files', () => {
  test('are shown by dir', async () => {
    await lab.put('C:\\demo\\hello_world.txt', 'Hello\r\n'.repeat(6))
    const free = (await cmd('dir')).match(/([\d,]+) bytes free/)?.[1] ?? ''
    expect(await cmd('dir')).toBe(` Volume in drive C is Windows
 Volume Serial Number is 5C2A-91F0

 Directory of C:\\demo

11/04/2025  03:30 PM    <DIR>          .
11/04/2025  03:30 PM    <DIR>          ..
11/04/2025  03:30 PM                42 hello_world.txt
               1 File(s)             42 bytes
               2 Dir(s)  ${free} bytes free
`)
    expect(await cmd('dir /b')).toBe('hello_world.txt\n')
    expect(await cmd('dir /x *.txt')).toContain(' HELLO_~1.TXT hello_world.txt')
    expect(await cmd('dir none.txt')).toContain('File Not Found')
    expect(await code('dir none.txt')).toBe(1)
    expect(await cmd('dir A:\\')).toBe('The device is not ready.\n')
  })

  test('are selected by attributes, sorted, and listed recursively by dir', async () => {
    expect(await cmd('dir /b /ah C:\\Users\\Public')).toBe('desktop.ini\nsvchost.exe\n')
    expect(await cmd('dir /b C:\\Users\\Public')).not.toContain('svchost.exe')
    expect((await cmd('dir /b /o-s D:\\Finance\\*.xlsx')).split('\n')[0]).toBe('Forecast-Q4.xlsx')
    expect(await cmd('dir /s/b D:\\Finance\\INV-88*.pdf')).toContain('D:\\Finance\\Invoices\\2025\\INV-8801.pdf\n')
    expect(await cmd('dir /ad /b C:\\Users')).toBe('Administrator\nAll Users\nDefault\nDefault User\nj.moreau\nPublic\n')
    expect(await cmd('dir /a C:\\')).toContain('<JUNCTION>     Documents and Settings [C:\\Users]')
  })

  test('are handled by copy, ren, move and del', async () => {
    expect(await cmd('echo data>a.txt& copy a.txt b.txt')).toBe('        1 file(s) copied.\n')
    expect(await cmd('copy a.txt+b.txt c.txt & type c.txt')).toBe('        1 file(s) copied.\ndata\ndata\n')
    expect(await cmd('copy *.txt C:\\Users\\Public')).toContain('3 file(s) copied.')
    expect(await cmd('ren a.txt new.txt & dir /b')).toBe('b.txt\nc.txt\nnew.txt\n')
    expect(await cmd('ren b.txt new.txt')).toContain('A duplicate file name exists')
    expect(await cmd('move new.txt C:\\Users\\Public\\moved.txt')).toContain('1 file(s) moved.')
    expect((await lab.get('C:\\Users\\Public\\moved.txt')).toString()).toBe('data\r\n')
    expect(await cmd('del *.txt & dir /b')).toContain('File Not Found')
    expect(await cmd('del none.txt')).toBe('Could Not Find C:\\demo\\none.txt\n')
    expect(await cmd('copy none.txt x.txt')).toContain('The system cannot find the file specified.')
  })

  test('are handled by md with parents, rd /s, and moving a directory with its content', async () => {
    expect(await code('md one\\two\\three')).toBe(0)
    expect(await cmd('md one')).toBe('A subdirectory or file one already exists.\n')
    await cmd('echo x>one\\two\\x.txt')
    expect(await cmd('rd one')).toBe('The directory is not empty.\n')
    expect(await cmd('move one other')).toContain('1 dir(s) moved.')
    expect((await lab.get('C:\\demo\\other\\two\\x.txt')).toString()).toBe('x\r\n')
    expect(await code('rd /s /q other')).toBe(0)
    expect(await cmd('if exist other (echo there) else (echo gone)')).toBe('gone\n')
    expect(await code('move C:\\Users\\Public\\Documents D:\\Docs')).toBe(0)
  })

  test('are deleted by del /s and /f', async () => {
    await cmd('md sub & echo x>sub\\a.log & echo x>a.log & attrib +r sub\\a.log')
    expect(await cmd('del /s a.log')).toContain('Access is denied.')
    expect(await cmd('del /s /f *.log & dir /s /b')).toContain('C:\\demo\\sub')
    expect(await cmd('dir /s /b *.log')).toBe('File Not Found\n')
  })
})

describe('batch files', () => {
  const run = async (lines: string[], args = '') => {
    await lab.put('C:\\demo\\test.bat', lines.join('\r\n'))
    return cmd(`test.bat ${args}`)
  }

  test('support arguments, labels, calls, and groups over several lines', async () => {
    expect(
      await run(
        [
          '@echo off',
          'rem a comment',
          ':: another',
          'echo %~nx0 %1 %2 [%*]',
          'set N=0',
          ':again',
          'set /a N=%N%+1',
          'echo turn %N%',
          'if %N% lss 3 goto again',
          'call :sub x y',
          'if exist C:\\demo (',
          '  echo there',
          '  echo still',
          ') else (',
          '  echo no',
          ')',
          'for %%i in (a b) do echo item %%i',
          'exit /b 5',
          'echo never',
          ':sub',
          'echo sub %1-%2',
          'goto :eof',
        ],
        'one "two three"',
      ),
    ).toBe('test.bat one two three [one two three]\nturn 1\nturn 2\nturn 3\nsub x-y\nthere\nstill\nitem a\nitem b\n')
    expect(await code('test.bat')).toBe(5)
  })

  test('show their lines with echo on, and fail for a missing label', async () => {
    expect(await run(['echo hi'])).toBe('\nC:\\demo>echo hi\nhi\n')
    expect(await run(['@goto nowhere'])).toContain('The system cannot find')
  })

  test('are run by create process itself, and by their bare name', async () => {
    await lab.put('C:\\demo\\hi.cmd', '@echo %1')
    expect((await lab.exec('C:\\demo\\hi.cmd there')).output).toBe('there\r\n')
    expect(await cmd('hi there & echo done')).toBe('there\ndone\n')
    expect(await cmd('call hi x')).toBe('x\n')
  })
})
