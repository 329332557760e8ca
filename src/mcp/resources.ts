import type { RunFolders } from '../core/run-folders.ts'
import {
  ErrorCode,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  type CallToolResult,
  type RequestHandlerExtra,
  type Resource,
  type Server,
  type ServerNotification,
  type ServerRequest,
} from './sdk.ts'
import type { Tool } from './tool.ts'

/** What the protocol says of a request. */
export type CallExtra = RequestHandlerExtra<ServerRequest, ServerNotification>
/** Calls a tool, and records that. */
export type CallTool = (tool: Tool, given: Record<string, unknown>, extra: CallExtra) => Promise<CallToolResult>

/** How many runs are listed, the newest first. */
const MAX_RUNS = 50
/** As a tool's, their text is marked: it is no JSON. */
const MIME = 'text/plain'
const RUN = /^cbc:\/\/run\/([^/?#]+)$/
const JOURNAL = 'cbc://case/journal'

interface Sources {
  readonly tools: ReadonlyMap<string, Tool>
  /** The runs of this machine. */
  runs(): Promise<RunFolders>
  readonly call: CallTool
}

/** Serves runs and the case as resources: what a tool tells of them, under an address. What no tool tells of is no resource either. */
export function serveResources(server: Server, { tools, runs, call }: Sources): void {
  const [run, journal] = [tools.get('run_show'), tools.get('case_log')]
  server.setRequestHandler(ListResourcesRequestSchema, async () => {
    const names = run === undefined ? [] : (await (await runs()).names()).sort().reverse().slice(0, MAX_RUNS)
    const listed: Resource[] = names.map(name => ({
      uri: `cbc://run/${encodeURIComponent(name)}`,
      name,
      title: `run ${name}`,
      mimeType: MIME,
    }))
    if (journal !== undefined) listed.push({ uri: JOURNAL, name: 'journal', title: 'the journal of the case', mimeType: MIME })
    return { resources: listed }
  })
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates:
      run === undefined ? [] : [{ uriTemplate: 'cbc://run/{name}', name: 'run', title: 'a run over several devices', mimeType: MIME }],
  }))
  server.setRequestHandler(ReadResourceRequestSchema, async ({ params: { uri } }, extra) => {
    const name = runIn(uri)
    const tool = name !== undefined ? run : uri === JOURNAL ? journal : undefined
    if (tool === undefined) throw new McpError(ErrorCode.InvalidParams, `Unknown resource: ${uri}`)
    const { content, isError, _meta } = await call(tool, name === undefined ? {} : { run: name }, extra)
    const [told] = content
    const text = told?.type === 'text' ? told.text : ''
    if (isError) throw new McpError(ErrorCode.InvalidParams, text)
    return { contents: [{ uri, mimeType: MIME, text, _meta }] }
  })
}

/** The run that an address names. */
function runIn(uri: string): string | undefined {
  const [, name] = RUN.exec(uri) ?? []
  try {
    return name === undefined ? undefined : decodeURIComponent(name)
  } catch {
    return undefined
  }
}
