import { object } from '../../core/result.ts'
import { statIfThere } from '../../remote/files.ts'
import { defineVerb, flag, HOURS, optional } from '../define.ts'

export const memdump = defineVerb({
  name: 'memdump',
  summary: 'dump the endpoint\'s kernel memory into a file on it',
  details: 'Without a path the file goes to the endpoint\'s temporary directory. Download it with get, and delete it with rm.',
  examples: [{ line: 'memdump C:\\Windows\\Temp\\memory.dmp', does: 'shows how far it is, and the file that it made' }],
  effect: 'change',
  needs: ['memdump'],
  patience: HOURS,
  arguments: { remote: optional('remote-path', 'file to write on the endpoint') },
  options: { compress: flag('--compress', 'compress it; the file gets .zip appended') },
  async run({ remote, compress }, { session, directory, clock, random, progress, signal, patience }) {
    const wanted = remote === undefined ? session.paths.temporary(`memory-${random.uuid().slice(0, 8)}.dmp`) : session.paths.resolve(directory, remote)
    const from = clock.now()
    progress.step(`Dumping the memory of ${session.label}`, 100, 'percent')
    try {
      await session.issue({ name: 'memdump', path: wanted, ...(compress ? { compress } : {}) }, {
        signal, patience, what: `memdump ${wanted}`,
        onUpdate: ({ mem_dump }) => progress.at(Math.min(100, Math.max(0, Number(mem_dump?.percentdone ?? 0)))),
      })
    } finally {
      progress.end()
    }
    const path = compress ? `${wanted}.zip` : wanted
    const made = session.planning ? undefined : await statIfThere(session, path, { signal })
    return object({ path, ...(made === undefined ? {} : { size: made.size }), duration_ms: clock.now() - from }, [{ key: 'path' }, { key: 'size' }, { key: 'duration_ms' }])
  },
})
