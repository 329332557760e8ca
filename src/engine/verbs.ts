/** The verbs and what their definitions are made of, for the front ends: they see verbs through the engine only. */
export { VERBS } from '../verbs/index.ts'
export { any, DEVICE, choice, flag, many, optional, required, value, values, type AnyVerb, type Kind } from '../verbs/define.ts'
