/** The formats of `--output`: section 1 of the contract. */
export const FORMATS = ['table', 'json', 'ndjson', 'csv'] as const
export type Format = (typeof FORMATS)[number]

/** Whether output, and with it errors and notices, is meant for a program that reads JSON. */
export function isJson(format: string | true | undefined): format is 'json' | 'ndjson' {
  return format === 'json' || format === 'ndjson'
}
