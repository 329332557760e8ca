import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configDirectory, credentialsFiles, credentialsHere, stateDirectory } from '../../src/host/paths.ts'

describe('the state directory', () => {
  it.each([
    ['linux', { HOME: '/h' }, join('/h', '.local', 'state', 'cbc')],
    ['linux', { HOME: '/h', XDG_STATE_HOME: '/x' }, join('/x', 'cbc')],
    ['linux', { HOME: '/h', XDG_STATE_HOME: '' }, join('/h', '.local', 'state', 'cbc')],
    ['linux', { HOME: '/h', XDG_STATE_HOME: 'relative' }, join('/h', '.local', 'state', 'cbc')],
    ['linux', { HOME: '' }, join(homedir(), '.local', 'state', 'cbc')],
    ['darwin', { HOME: '/h', XDG_STATE_HOME: '/x' }, join('/h', 'Library', 'Application Support', 'cbc')],
    ['win32', { HOME: '/h', LOCALAPPDATA: '/local' }, join('/local', 'cbc')],
    ['win32', { HOME: '/h', LOCALAPPDATA: '' }, join('/h', 'AppData', 'Local', 'cbc')],
  ] as const)('%s %j', (platform, env, directory) => {
    expect(stateDirectory(env, platform)).toBe(directory)
  })
})

describe("the directory of cbc's own profiles", () => {
  it.each([
    ['linux', { HOME: '/h' }, join('/h', '.config', 'cbc')],
    ['linux', { HOME: '/h', XDG_CONFIG_HOME: '/x' }, join('/x', 'cbc')],
    ['linux', { HOME: '/h', XDG_CONFIG_HOME: 'relative' }, join('/h', '.config', 'cbc')],
    ['linux', { HOME: '/h', XDG_CONFIG_HOME: '/x', CBC_CONFIG_DIR: '/mine' }, resolve('/mine')],
    ['linux', { HOME: '/h', CBC_CONFIG_DIR: '' }, join('/h', '.config', 'cbc')],
    ['darwin', { HOME: '/h' }, join('/h', 'Library', 'Application Support', 'cbc')],
    ['win32', { HOME: '/h', APPDATA: '/roaming' }, join('/roaming', 'cbc')],
    ['win32', { HOME: '/h' }, join('/h', 'AppData', 'Roaming', 'cbc')],
  ] as const)('%s %j', (platform, env, directory) => {
    expect(configDirectory(env, platform)).toBe(directory)
  })
})

describe('credentials files', () => {
  it('are searched in the order of the SDK, the older name first', () => {
    const under = (folder: string) => [join(folder, 'credentials.psc'), join(folder, 'credentials.cbc')]
    expect(credentialsFiles({ HOME: '/h' }, 'linux')).toEqual([...under('/etc/carbonblack'), ...under(join('/h', '.carbonblack'))])
    expect(credentialsFiles({ HOME: '/h', WINDIR: '/win' }, 'win32').slice(0, 2)).toEqual(under(join('/win', 'carbonblack')))
    expect(credentialsHere({ HOME: '/h' }, '/work')).toEqual(under(join('/work', '.carbonblack')))
    expect(credentialsHere({ HOME: '/h' }, '/h')).toEqual([])
  })
})
