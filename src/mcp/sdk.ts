/** What is used of the protocol's SDK: a server, and its transport over two streams. What serves HTTP is not loaded, and not in the bundle. */
export { Server } from '@modelcontextprotocol/sdk/server/index.js'
export { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
export {
  CallToolRequestSchema,
  ErrorCode,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
export type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
export type {
  CallToolResult,
  Resource,
  ServerNotification,
  ServerRequest,
  Tool as ToolDefinition,
} from '@modelcontextprotocol/sdk/types.js'
