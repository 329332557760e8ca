import { required } from '../../verbs/define.ts'

export const PLAYBOOK = required('local-path', 'a file, or the name of a playbook that ships')
