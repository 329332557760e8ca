import { initialLinuxState, openLinuxEndpoint } from '../../../src/lab/linux/index.ts'
import { clock, memoryBlobs, memoryDocument, random } from './memory.ts'

// Starts a process on the endpoint whose disk is the first argument, prints its pid and the endpoint's state, and ends by itself.
const document = memoryDocument(initialLinuxState())
const endpoint = openLinuxEndpoint({
  directory: process.argv[2] ?? '',
  name: 'lnx',
  document,
  blobs: memoryBlobs(),
  clock,
  random,
  born: 0,
})
const { process_details: details } = await endpoint.run(
  { name: 'create process', path: 'sleep 60' },
  {
    signal: new AbortController().signal,
    async staged() {
      return undefined
    },
    async stage() {},
    async report() {},
  },
)
process.stdout.write(JSON.stringify({ pid: details?.pid, state: JSON.parse(document.json()) }))
