import { askPublicServer } from '../../api/public-document.ts'
import { linked, withDeadline } from '../../core/abort.ts'
import { usage } from '../../core/errors.ts'
import type { ProgramContext } from '../../engine/define-program-verb.ts'
import { logged } from '../logged-transport.ts'
import { profileOrNone, publicNetwork } from '../public-network.ts'

const WHAT = 'time-stamping authority'
/** RFC 3161, section 3.4. */
const TYPES = { content: 'application/timestamp-query', accept: 'application/timestamp-reply' }

/** A time-stamping authority that is asked over HTTP. */
export interface Authority {
  name: string
  /** Has a TimeStampReq answered. @returns the answer as it came @throws CbcError usage: its address is neither http nor https; network; not_found */
  ask(request: Uint8Array): Promise<Uint8Array>
}

/** Returns the authority at an address. Nothing is sent yet. @throws CbcError usage: it is no address */
export function authorityAt(address: string, { host, globals, progress }: ProgramContext): Authority {
  if (!URL.canParse(address)) throw usage(`--tsa: "${address}" is not a URL`, 'write it as http://tsa.example/tsr')
  const url = new URL(address)
  const name = `${WHAT} ${url.host}`
  return {
    name,
    async ask(request) {
      const deadline =
        globals.timeout === undefined
          ? linked(host.interrupt)
          : withDeadline(host.clock, globals.timeout, time => `${name}: no answer within ${time}`, host.interrupt)
      const { send, close } = await host.network(publicNetwork(await profileOrNone(host, globals.profile)))
      const transport = globals.verbose ? logged(send, host, progress) : send
      progress.step(`Asking ${url.host} for a time stamp`)
      try {
        // Most public authorities have no https. What they get is a hash, and what they answer is signed and has our nonce.
        const reading = { transport, userAgent: `cbc/${host.about.version}`, what: WHAT, signal: deadline.signal, plainWillDo: true }
        return await askPublicServer(url, request, TYPES, reading)
      } finally {
        progress.end()
        close()
        deadline.clear()
      }
    },
  }
}
