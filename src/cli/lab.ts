import { parseCount } from '../core/quantity.ts'
import { object } from '../core/result.ts'
import type { World } from '../core/world.ts'
import { flag, value } from '../engine/catalog.ts'
import { readGlobals } from '../engine/globals.ts'
import type { CommandNode, Leaf } from '../engine/spec.ts'
import { render } from '../ui/render.ts'

/** `cbc lab`: the embedded Carbon Black Cloud. */
export function labNodes(world: World): CommandNode[] {
  return [
    { name: 'serve', load: async () => serve(world) },
    { name: 'reset', load: async () => reset(world) },
  ]
}

function serve(world: World): Leaf {
  return {
    spec: {
      summary: 'serve the lab over HTTP, on this machine only',
      details: 'It prints what to set to use it, and runs until Ctrl-C or SIGTERM.',
      examples: [],
      arguments: {},
      options: {
        port: value('--port <number>', 'where to listen; default: any that is free', { parse: text => parseCount(text, '--port') }),
        latency: value('--latency <ms>', 'milliseconds that a command takes to an endpoint and back', { parse: text => parseCount(text, '--latency') }),
        thisMachine: flag('--this-machine', 'serve the endpoint that is this machine (LNX-LAB-01) too: programs really run here'),
        directory: value('--directory <dir>', 'its files; default: a folder stocked for the purpose', { kind: 'local-path' }),
      },
    },
    async run({ input: { port = 0, latency, thisMachine, directory }, globals: given }) {
      const globals = readGlobals(given)
      const lab = await world.lab({
        ...(latency === undefined ? {} : { latency: Number(latency) }),
        local: directory === undefined ? thisMachine === true : String(directory),
      })
      try {
        const served = await lab.serve({ port: Number(port) })
        const settings = { CBC_URL: served.url, CBC_ORG_KEY: lab.org, CBC_TOKEN: lab.token }
        if (globals.output === 'json' || globals.output === 'ndjson') await world.stdout.write(`${JSON.stringify({ url: served.url, org_key: lab.org, token: lab.token })}\n`)
        else {
          const lines = Object.entries(settings).map(([name, text]) => `export ${name}=${text}`).join('\n')
          await world.stdout.write(`The lab is served at ${served.url}. To use it:\n\n${lines}\n\nCtrl-C ends it.\n`)
        }
        await new Promise<void>(resolve => {
          if (world.interrupt.aborted) resolve()
          world.interrupt.addEventListener('abort', () => resolve(), { once: true })
        })
        await served.close()
        return 0
      } finally {
        await lab.close()
      }
    },
  }
}

function reset(world: World): Leaf {
  return {
    spec: {
      summary: 'start the lab over: no sessions, every endpoint as it was made',
      examples: [],
      arguments: {},
      options: {},
    },
    async run({ globals: given }) {
      const globals = readGlobals(given)
      const lab = await world.lab()
      try {
        await lab.reset()
      } finally {
        await lab.close()
      }
      return await render(object({ directory: lab.directory, reset: true }, [{ key: 'directory' }, { key: 'reset' }]), {
        ...(globals.output === undefined ? {} : { format: globals.output }), stdout: world.stdout, stderr: world.stderr,
      })
    },
  }
}

