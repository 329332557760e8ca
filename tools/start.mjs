// `npm start [-- DEVICE …]`: installs, builds, and opens the Live Response shell on an endpoint of the embedded lab.
// Commands on stdin are run when stdin is no terminal.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from './build.mjs'
import { install, root } from './install.mjs'

install()
await build()
const words = process.argv.slice(2)
const child = spawn(
  'node',
  [join(root, 'dist', 'cbc.js'), '--profile', 'lab', 'lr', 'connect', ...(words.length > 0 ? words : ['WIN-FIN-01'])],
  { stdio: 'inherit' },
)
// The shell decides what Ctrl-C means; this process only waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    if (signal !== 'SIGINT') child.kill(signal)
  })
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
