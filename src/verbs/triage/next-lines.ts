import { fileName } from '../../remote/process-names.ts'
import type { Context } from '../define.ts'
import { isOwn, type Item } from './item.ts'

/** Returns the lines with which to go on, each as the user has to type it; those that only look come first. */
export function nextLines(item: Item, { session, lineOf }: Context): string[] {
  const { windows } = session.paths
  return wordsFor(item, windows).map(words => lineOf(words))
}

const POWERSHELL = ['powershell.exe', '-NoProfile', '-Command']

function consumerScript(name: string): string {
  return `Get-CimInstance -Namespace root/subscription -ClassName __EventConsumer | Where-Object Name -eq '${name}'`
}

function wordsFor({ kind, pid, path, key, value, facts }: Item, windows: boolean): string[][] {
  const isPath = path !== undefined && (windows ? /^[a-z]:\\/i : /^\/(?!memfd:)/).test(path)
  // A program of the system itself says nothing, and must not be deleted.
  const isTheirs = isPath && !isOwn(path)
  const get = isTheirs ? [['get', path]] : []
  const tree = pid === undefined ? [] : [['ps', '--tree', String(pid)]]
  switch (kind) {
    case 'process':
      return [...get, ...(pid === undefined ? [] : [['kill', String(pid), '--if-name', fileName(path ?? facts['name'] ?? '', windows)]])]
    case 'connection':
      return [...tree, ...get]
    case 'autostart':
      return key === undefined || value === undefined
        ? [...get, ...(isTheirs ? [['rm', path]] : [])]
        : [...get, ['reg delete', key, '-v', value]]
    case 'service':
      return [...get, ...(key === undefined ? [] : [['reg query', key]]), ['exec', 'sc.exe', 'stop', facts['service'] ?? '']]
    case 'subscription':
      // A name from the endpoint becomes part of a script only if it means nothing there.
      return [...get, ...(/^[\w .-]+$/.test(value ?? '') ? [['exec', ...POWERSHELL, consumerScript(value ?? '')]] : [])]
    case 'account':
      return windows ? [['exec', 'net.exe', 'user', facts['name'] ?? '']] : isPath ? [['cat', path], ...get] : []
    case 'task':
      return [...get, ['get', facts['file'] ?? ''], ['exec', 'schtasks.exe', '/delete', '/tn', key ?? '', '/f']]
    case 'file':
      return [...(isTheirs ? [['hash', path]] : []), ...get, ...(isTheirs ? [['rm', path]] : [])]
  }
}
