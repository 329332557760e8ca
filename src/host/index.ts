import { join, resolve } from 'node:path'
import { twoStageAbort } from '../core/abort.ts'
import { EXIT_CODES, interrupted } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import { aboutProgram } from '../version.ts'
import { openCache } from './cache.ts'
import { clock, random } from './clock.ts'
import { localFiles } from './local-files.ts'
import { processOutput, wantsColor } from './output.ts'
import { configDirectory, credentialsFiles, credentialsHere, stateDirectory } from './paths.ts'
import { languageOf } from './shell-language.ts'
import { suspend } from './suspend.ts'
import { tapStreams } from './terminal-tap.ts'
import { who } from './who.ts'

/** Milliseconds in which an insisting Ctrl-C lets the run report what it leaves behind. */
const LEAVE_TIMEOUT_MS = 2000

/**
 * Composes the real host, the only reader of the process, its streams and its environment. Modules that take time to load are loaded on
 * first use.
 * @param color false: `--no-color` was given
 * @param process this one; tests that run the program within theirs give it streams and an environment of its own
 */
export function realHost(color: boolean, process: NodeJS.Process = globalThis.process): Host {
  const { env, platform, stdin, stdout, stderr } = process
  const interrupt = twoStageAbort(interrupted)
  const listeners: (() => void)[] = []
  const state = stateDirectory(env, platform)
  const seen = stdout.isTTY || !stderr.isTTY ? stdout : stderr

  const onSignal = (signal: NodeJS.Signals) => {
    const listener = signal === 'SIGINT' ? listeners.at(-1) : undefined
    if (listener !== undefined) return listener()
    // A system that shuts down sends several kinds of signals for one end: only Ctrl-C insists.
    if (signal !== 'SIGINT') return interrupt.end()
    const insists = interrupt.signal.aborted
    // The first Ctrl-C ends the work, which then cleans up. The second one stops the cleanup, which then says what is left. Either way the
    // prompt is back soon.
    if (!interrupt.press()) process.exit(EXIT_CODES.interrupted)
    if (insists) setTimeout(() => process.exit(EXIT_CODES.interrupted), LEAVE_TIMEOUT_MS).unref()
  }
  // Reading from a closed terminal fails. Without a listener the error would end the program before it cleans up; SIGHUP ends the work.
  stdin.on('error', () => {})
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)

  return {
    env,
    clock,
    random,
    about: aboutProgram(process),
    stdin: { isTerminal: stdin.isTTY === true, stream: stdin },
    stdout: processOutput(stdout, wantsColor(stdout, env, !color)),
    stderr: processOutput(stderr, wantsColor(stderr, env, !color), true),
    terminal: {
      output: seen,
      raw: on => {
        if (stdin.isTTY) stdin.setRawMode(on)
      },
      columns: () => seen.columns ?? 80,
      rows: () => seen.rows ?? 24,
      onResize(listener) {
        seen.on('resize', listener)
        return () => seen.off('resize', listener)
      },
      tap: listener => tapStreams([stdout, stderr], listener),
    },
    local: localFiles,
    suspend: () => suspend(platform),
    onContinue(listener) {
      process.on('SIGCONT', listener)
      return () => process.off('SIGCONT', listener)
    },
    interrupt: interrupt.signal,
    onInterrupt(listener) {
      listeners.push(listener)
      return () => {
        listeners.splice(listeners.lastIndexOf(listener), 1)
      }
    },
    credentialsFiles: () => credentialsFiles(env, platform),
    credentialsHere: () => credentialsHere(env, process.cwd()),
    configDirectory: () => configDirectory(env, platform),
    keychain: async () => await (await import('../config/keychain.ts')).systemKeychain(platform),
    exclusively: async (file, work) => await (await import('./file-lock.ts')).exclusively(file, work, random),
    cache: name => openCache(join(state, 'cache'), name),
    historyFile: async profile => {
      const { HistoryFile } = await import('./history-file.ts')
      return () => new HistoryFile(join(state, 'history', `${profile.replace(/[^\w.-]/g, '_')}.txt`))
    },
    ledger: async (place, warn) => {
      const [{ openLedger }, { processes }] = await Promise.all([import('./ledger-file.ts'), import('./processes.ts')])
      return openLedger({ directory: join(state, 'ledger'), place, clock, random, processes, warn })
    },
    who,
    runFolders: async (below = state) => (await import('./run-folders.ts')).openRunFolders(resolve(below, 'runs'), random),
    caseFolder: async (path, { create } = {}) => await (await import('./case-folder.ts')).openCaseFolder(path, clock, random, create),
    newFolder: async path => await (await import('./new-folder.ts')).openNewFolder(path, random),
    objectFolder: async path => await (await import('./object-folder.ts')).openObjectFolder(path, random),
    serveHealth: async (at, health) => await (await import('./health-server.ts')).serveHealth(at, health),
    serveSftp: async options =>
      await (await import('./sftp-server.ts')).serveSftp(options, join(configDirectory(env, platform), 'sftp-host-key'), random),
    network: async settings => (await import('./transport.ts')).networkTransport(settings, env),
    route: async (url, settings) => await (await import('./resolve-route.ts')).routeTo(url, settings, env),
    lab: async (settings = {}) => (await import('./lab.ts')).openLabService(state, settings),
    shellLanguage: languageOf(env['SHELL'], platform),
    localShell: async (line, options = {}) => await (await import('./local-shell.ts')).runLocally(line, env['SHELL'], options),
  }
}
