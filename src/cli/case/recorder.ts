import { Recorder } from '../../cases/recorder.ts'
import type { Host } from '../../core/host.ts'
import type { Connection } from '../../engine/connection.ts'

/** Opens a case to record what this run of the program does. Its folder is made where there is none. @throws CbcError io: it can't be written */
export async function openRecorder(path: string, host: Host, connection: Connection): Promise<Recorder> {
  const { clock, random, local, about } = host
  const { keyId, name, place } = connection
  const folder = await host.caseFolder(path, { create: true })
  const recorder = new Recorder({
    folder,
    clock,
    random,
    local,
    common: {
      who: { ...host.who(), ...(keyId === undefined ? {} : { key_id: keyId }), program: `cbc ${about.version}` },
      profile: name,
      organization: place.slice(place.lastIndexOf(' ') + 1),
    },
    clean: text => connection.redact(text),
    serviceTime: () => connection.serviceTime(),
  })
  await recorder.create()
  return recorder
}
