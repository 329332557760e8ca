/** The verbs and the building blocks of their definitions, for the front ends, which reach verbs only through the engine. */
export { VERBS } from '../verbs/index.ts'
export { any, DEVICE, choice, flag, many, optional, required, value, values, type AnyVerb, type Kind } from '../verbs/define.ts'
