import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { OwnStore } from '../../config/profile-store.ts'
import { bare, PROFILE_FIELDS } from './profiles.ts'

/** `cbc config path`. */
export const path = defineProgramVerb({
  summary: 'print where cbc keeps its own profiles',
  details: 'CBC_CONFIG_DIR names another directory for the file.',
  examples: [],
  fields: PROFILE_FIELDS,
  arguments: {},
  options: {},
  async run(_input, { host }) {
    const { file } = new OwnStore(host)
    return bare(file, { path: file })
  },
})
