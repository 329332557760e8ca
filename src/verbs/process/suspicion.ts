import type { Row } from '../../core/result.ts'
import { programName, programPaths } from '../../remote/process-names.ts'

/** In which folders below the Windows folder a program belongs, and which programs start it. */
interface Known {
  folders: readonly string[]
  parents?: readonly string[]
}

const SYSTEM32 = ['\\system32', '\\syswow64']
const only = (...parents: string[]): Known => ({ folders: SYSTEM32, parents })
const anywhere: Known = { folders: SYSTEM32 }

/** Programs whose names malware likes to borrow. */
const KNOWN: ReadonlyMap<string, Known> = new Map(
  Object.entries({
    'smss.exe': only('system', 'smss.exe'),
    'csrss.exe': only('smss.exe'),
    'wininit.exe': only('smss.exe'),
    'winlogon.exe': only('smss.exe'),
    'services.exe': only('wininit.exe'),
    'lsass.exe': only('wininit.exe'),
    'lsaiso.exe': only('wininit.exe'),
    'lsm.exe': only('wininit.exe'),
    'svchost.exe': only('services.exe', 'svchost.exe', 'msmpeng.exe'),
    'spoolsv.exe': only('services.exe'),
    'taskhostw.exe': only('svchost.exe'),
    'runtimebroker.exe': only('svchost.exe'),
    'sihost.exe': only('svchost.exe'),
    'dllhost.exe': anywhere,
    'conhost.exe': anywhere,
    'rundll32.exe': anywhere,
    'regsvr32.exe': anywhere,
    'taskhost.exe': anywhere,
    'dwm.exe': anywhere,
    'fontdrvhost.exe': anywhere,
    'userinit.exe': anywhere,
    'ctfmon.exe': anywhere,
    'searchindexer.exe': anywhere,
    'cmd.exe': anywhere,
    'mshta.exe': anywhere,
    'wscript.exe': anywhere,
    'cscript.exe': anywhere,
    'wmiprvse.exe': { folders: SYSTEM32.map(folder => `${folder}\\wbem`), parents: ['svchost.exe'] },
    'powershell.exe': { folders: SYSTEM32.map(folder => `${folder}\\windowspowershell\\v1.0`) },
    'explorer.exe': { folders: ['', '\\syswow64'] },
  }),
)

/** The Windows folder, in the forms in which process lists show it. */
const SYSTEM_FOLDER = /^(?:\\\?\?\\|\\\\\?\\)?(?:[a-z]:\\windows|\\systemroot|\\device\\harddiskvolume\d+\\windows)(?=\\)/

/**
 * Returns what is suspicious about a Windows process: a system program name outside the system folders, or an unusual parent. It is only an
 * indication: a marked process may be harmless, and an unmarked one may not be.
 * @param parent if it is known
 */
export function suspicionOf(row: Row, parent: Row | undefined): string | undefined {
  const name = programName(row, true).toLowerCase()
  const known = KNOWN.get(name)
  if (known === undefined) return undefined
  const path = (programPaths(row, true)[0] ?? '').toLowerCase()
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('\\')))
  if (folder !== '' && !isIn(`${folder}\\`, known.folders)) return `${name} outside the system's folders`
  const starter = parent === undefined ? '' : programName(parent, true).toLowerCase()
  if (starter === '' || known.parents === undefined || known.parents.includes(starter)) return undefined
  return `${name} started by ${starter}, not by ${known.parents[0]}`
}

function isIn(folder: string, folders: readonly string[]): boolean {
  const system = SYSTEM_FOLDER.exec(folder)?.[0]
  return system !== undefined && folders.includes(folder.slice(system.length, -1))
}
