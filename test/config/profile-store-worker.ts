import { OwnStore } from '../../src/config/profile-store.ts'
import { random } from '../../src/host/clock.ts'
import { exclusively } from '../../src/host/file-lock.ts'

/** A process of its own that makes profiles: `worker.mjs DIRECTORY HOW-MANY`. */
const [directory = '', rounds = '0'] = process.argv.slice(2)
const store = new OwnStore({
  configDirectory: () => directory,
  keychain: async () => undefined,
  exclusively: (file, work) => exclusively(file, work, random),
  random,
})
for (let at = 0; at < Number(rounds); at++) await store.change(`p${process.pid}-${at}`, { values: { url: 'https://defense.example.com' } })
