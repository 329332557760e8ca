import { z } from 'zod'
import { MAX_CHARS, MAX_ITEMS, type Definition, type Source } from './definition.ts'

const text = z.string().max(MAX_CHARS)
const name = z
  .string()
  .regex(/^[A-Za-z0-9][\w.+-]*$/, 'a name has letters, digits, ., +, - and _')
  .max(200)
const texts = z.array(text.min(1)).max(MAX_ITEMS, `more than ${MAX_ITEMS} of them`)
const some = texts.min(1)
const platforms = z.array(z.string().max(50)).max(50).default([])
const separator = z.enum(['/', '\\']).default('/')

const paths = z.object({ paths: some, separator })
const filesOf =
  (content: boolean) =>
  (source: { attributes: z.infer<typeof paths>; supported_os: string[] }): Source => ({
    type: 'files',
    content,
    platforms: source.supported_os,
    patterns: source.attributes.paths.map(path => ({ path, separator: source.attributes.separator })),
  })

const source = z.discriminatedUnion('type', [
  z.object({ type: z.literal('FILE'), supported_os: platforms, attributes: paths }).transform(filesOf(true)),
  z.object({ type: z.literal('PATH'), supported_os: platforms, attributes: paths }).transform(filesOf(false)),
  z
    .object({ type: z.literal('REGISTRY_KEY'), supported_os: platforms, attributes: z.object({ keys: some }) })
    .transform((one): Source => ({ type: 'keys', platforms: one.supported_os, keys: one.attributes.keys })),
  z
    .object({
      type: z.literal('REGISTRY_VALUE'),
      supported_os: platforms,
      attributes: z.object({
        key_value_pairs: z
          .array(z.object({ key: text.min(1), value: text.nullish().transform(value => value ?? '') }))
          .min(1)
          .max(MAX_ITEMS),
      }),
    })
    .transform((one): Source => ({ type: 'values', platforms: one.supported_os, pairs: one.attributes.key_value_pairs })),
  z
    .object({
      type: z.literal('COMMAND'),
      supported_os: platforms,
      attributes: z.object({ cmd: text.min(1), args: z.array(text).max(MAX_ITEMS).default([]) }),
    })
    .transform((one): Source => ({ type: 'command', platforms: one.supported_os, ...one.attributes })),
  z
    .object({
      type: z.literal('WMI'),
      supported_os: platforms,
      attributes: z.object({ query: text.min(1), base_object: text.optional() }),
    })
    .transform(({ supported_os, attributes: { query, base_object = '' } }): Source => ({
      type: 'wmi',
      platforms: supported_os,
      query,
      // `winmgmts:\root\cimv2`, which is an object of scripts, not of PowerShell.
      namespace: base_object.replace(/^winmgmts:\\*/i, ''),
    })),
  z
    .object({ type: z.enum(['ARTIFACT_GROUP', 'ARTIFACT']), supported_os: platforms, attributes: z.object({ names: some }) })
    .transform((one): Source => ({ type: 'group', platforms: one.supported_os, names: one.attributes.names })),
])

const definition = z
  .object({
    name,
    aliases: z.array(name).max(100).default([]),
    doc: z.string().nullish(),
    sources: z.array(source).min(1, 'has no sources').max(MAX_ITEMS),
    supported_os: platforms,
    urls: z.array(z.string()).nullish(),
  })
  .transform(({ name, aliases, doc, sources, supported_os, urls }): Omit<Definition, 'file' | 'line'> => ({
    name,
    aliases,
    set: 'forensic-artifacts',
    doc: doc?.trim() ?? '',
    platforms: supported_os,
    sources,
    urls: urls ?? [],
  }))

/** Checks a document of ForensicArtifacts' YAML. */
export function forensicArtifact(value: unknown, file: string) {
  return definition.transform(found => ({ ...found, file })).safeParse(value)
}
