// The program in a real terminal, which notes when something has come out.
import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'
import { cbc, home, node } from './program.mjs'

export class Terminal {
  #pty
  #text = ''
  #waits = []

  static start(args, env) {
    const terminal = new Terminal()
    terminal.#pty = spawn(node, [cbc, ...args], { cols: 120, rows: 30, cwd: home, env: { ...env, TERM: 'xterm-256color' } })
    terminal.#pty.onData(data => terminal.#received(data))
    return terminal
  }

  type(keys) {
    this.#pty.write(keys)
  }

  /** Waits until what came since the call, without control sequences, matches. @returns the time, as `performance.now()` tells it */
  until(pattern) {
    this.#text = ''
    return new Promise(resolve => this.#waits.push({ pattern, resolve }))
  }

  async close() {
    const ended = new Promise(resolve => this.#pty.onExit(resolve))
    this.#pty.write('\x03')
    this.#pty.kill('SIGTERM')
    await ended
  }

  #received(data) {
    const now = performance.now()
    this.#text += stripVTControlCharacters(data).replace(/\r/g, '')
    this.#waits = this.#waits.filter(({ pattern, resolve }) => {
      if (!pattern.test(this.#text)) return true
      resolve(now)
      return false
    })
  }
}
