import { required } from '../../verbs/define.ts'

/** The argument of all commands on a case. */
export const CASE = required('local-path', 'the folder of the case')
