import { required } from '../../verbs/define.ts'

export const PLAYBOOK = required('playbook', 'a file, or the name of a playbook that ships')
