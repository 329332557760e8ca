import type { Format } from '../../core/format.ts'
import type { Renderer, RenderOptions } from './renderer.ts'

/** The renderer of each format, loaded when it is needed; `lines` is what a pipe gets where no format was asked for. */
const RENDERERS: Record<Format | 'lines', () => Promise<Renderer>> = {
  table: async () => (await import('./table.ts')).table,
  json: async () => (await import('./json.ts')).json,
  ndjson: async () => (await import('./ndjson.ts')).ndjson,
  csv: async () => (await import('./csv.ts')).csv,
  lines: async () => (await import('./lines.ts')).lines,
}

/** Returns the renderer for what was asked for: without a format, tables on a terminal and lines elsewhere. */
export async function rendererFor({ format, stdout }: Pick<RenderOptions, 'format' | 'stdout'>): Promise<Renderer> {
  return await RENDERERS[format ?? (stdout.isTerminal ? 'table' : 'lines')]()
}
