import { isReadOnlyCall, METHODS, type AnyAnswer, type AnyRequest } from '../../api/any-call.ts'
import { apiPath } from '../../api/api-path.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { isJson } from '../../core/format.ts'
import type { Question } from '../../core/question.ts'
import { decodeWhole } from '../../core/text/decode.ts'
import { escapeJson } from '../../core/text/escape-json.ts'
import { orUsage } from '../../core/text/malformed.ts'
import { shortened } from '../../core/text/shorten.ts'
import { encodeBytes, list, object, type Column, type Result, type Row } from '../../core/result.ts'
import { choice, flag, required, value, values, type Effect } from '../define.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { fieldsAsBody, fieldsAsQuery } from './fields.ts'
import { isRow, isSearch, Pages } from './pages.ts'

/** How many characters of a body a question shows. */
const MAX_SHOWN_CHARS = 500

interface Input {
  method: string
  path: string
  field: readonly string[]
  rawField: readonly string[]
  input: string | undefined
  paginate: boolean
}

export const api = defineOrganizationVerb({
  name: 'api',
  summary: 'call the API directly, for what has no command yet',
  details:
    "The path is relative to the profile's URL, and {org_key} in it stands for the profile's organization. Fields become the query of a GET and the JSON body of any other method; with --input they always become the query. " +
    'The answer is printed as JSON, or unchanged if it is something else (at most 1 GiB if its size is not announced). In CSV, a value without fields becomes a cell named value. A call that changes something asks for confirmation first, and --read-only refuses it. A GET changes nothing, and neither does a POST to _search, _facet, _scroll or _export.',
  examples: [
    { line: 'api GET /appservices/v6/orgs/{org_key}/devices/11412673', does: 'everything the service knows about a device' },
    {
      line: 'api POST /appservices/v6/orgs/{org_key}/devices/_search -f "query=name:WIN-*" -f "criteria[os][]=WINDOWS" -f rows=5',
      does: 'a search with its body built from fields',
    },
    {
      line: 'api POST /device_control/v3/orgs/{org_key}/approvals/_search -f rows=2 --paginate',
      does: 'all results of a search, fetched two at a time',
    },
    {
      line: 'api PUT /device_control/v3/orgs/{org_key}/approvals/10373 --input approval.json --yes',
      does: 'a body from a file; - is standard input',
    },
    { line: 'api DELETE /device_control/v3/orgs/{org_key}/approvals/10373 --dry-run', does: 'show what would be sent' },
  ],
  effect: 'destroy',
  effectOf,
  arguments: { method: choice(METHODS, METHODS.join(', ')), path: required('text', 'path of the call, optionally with a query') },
  options: {
    field: values(
      '-f, --field <name=value>',
      'a field; true, false, null and numbers become JSON values; use name[part]= for objects, name[]= for lists',
    ),
    rawField: values('--raw-field <name=value>', 'a field whose value is always text'),
    input: value('--input <file>', 'the body: a JSON file, or - for standard input', { kind: 'local-path' }),
    paginate: flag('--paginate', 'fetch all results of a search, not only the first page'),
  },
  check(input) {
    const { path } = apiPath(input.path, 'ORG')
    if (/\/liveresponse\/kill$/i.test(decodeURIComponent(path))) {
      throw new CbcError('refused', "api: Live Response can't be disabled from here, because the device names would not be confirmed", {
        hint: 'use `cbc lr disable`',
      })
    }
    if (input.method === 'GET' && input.input !== undefined) throw usage('api: a GET has no body', 'leave --input off, or use POST')
    if (input.paginate && effectOf(input) !== 'read') throw usage('api: --paginate works only with calls that change nothing')
    if (takesQuery(input)) fieldsAsQuery(input.field, input.rawField)
    else fieldsAsBody(input.field, input.rawField)
  },
  async plan(input, context) {
    const request = await requestOf(input, context)
    return { targets: request, ...(effectOf(input) === 'read' ? {} : { question: questionOn(request) }) }
  },
  async run(input, context, request) {
    if (input.paginate) return await everything(request, context)
    const send = () => context.anyCall.send(request, { signal: context.signal })
    const { method, path, body } = request
    const answer =
      effectOf(input) === 'read'
        ? await send()
        : await context.change({ name: method, path, ...(body === undefined ? {} : { body }) }, send)
    return resultOf(answer, context)
  },
})

function effectOf({ method, path }: Pick<Input, 'method' | 'path'>): Effect {
  if (isReadOnlyCall({ method: method as AnyRequest['method'], path })) return 'read'
  return method === 'DELETE' ? 'destroy' : 'change'
}

function takesQuery({ method, input }: Input): boolean {
  return method === 'GET' || input !== undefined
}

async function requestOf(input: Input, context: OrganizationContext): Promise<AnyRequest> {
  const { method, path, field, rawField, input: file } = input
  const body = file === undefined ? (takesQuery(input) ? undefined : fieldsAsBody(field, rawField)) : await readBody(file, context)
  return {
    method: method as AnyRequest['method'],
    path,
    ...(takesQuery(input) ? { query: fieldsAsQuery(field, rawField) } : {}),
    ...(body === undefined ? {} : { body }),
  }
}

/** Reads the body from a file or standard input. @throws CbcError usage: it isn't JSON; io */
async function readBody(file: string, { local, stdin }: OrganizationContext): Promise<unknown> {
  const name = file === '-' ? 'standard input' : file
  const parts: Uint8Array[] = []
  if (file === '-') for await (const part of stdin()) parts.push(part)
  try {
    return JSON.parse(file === '-' ? decodeWhole(Buffer.concat(parts)) : await local.text(file)) as unknown
  } catch (error) {
    throw error instanceof SyntaxError ? usage(`--input: ${name} is not JSON: ${error.message}`) : orUsage(error, name)
  }
}

function questionOn({ method, path, body }: AnyRequest): Question {
  const text = body === undefined ? '' : JSON.stringify(body)
  return { what: `send ${method} ${path}`, ...(text === '' ? {} : { to: [shortened(text, MAX_SHOWN_CHARS)] }) }
}

async function everything(request: AnyRequest, context: OrganizationContext): Promise<Result> {
  const pages = new Pages(request, context)
  const first = await pages.first()
  if (first.kind !== 'json' || !isSearch(first.value)) return resultOf(first, context)
  return { ...list(pages.rows(), columnsOf(first.value.results[0])), format: 'json', totals: () => pages.totals }
}

/** Turns an answer into a result. It is printed as JSON unless the user asks for another format. */
function resultOf(answer: AnyAnswer, { output }: OrganizationContext): Result {
  if (answer.kind === 'content') return { kind: 'bytes', bytes: answer.bytes, object: contentOf }
  const { value } = answer
  if (isRow(value)) return { ...object(value, columnsOf(value)), format: 'json' }
  if (Array.isArray(value) && value.every(isRow)) return { ...list(value, columnsOf(value[0])), format: 'json' }
  // A CSV line needs cells, so a value without fields becomes the only cell of its line.
  if (output === 'csv' && value !== undefined)
    return list(
      [value].flat().map(item => ({ value: item })),
      [{ key: 'value' }],
    )
  // An empty answer (204) prints nothing, unless the user asked for a JSON document.
  const text = value === undefined ? (isJson(output) ? 'null\n' : '') : `${escapeJson(JSON.stringify(value))}\n`
  return {
    kind: 'bytes',
    bytes: (async function* () {
      yield Buffer.from(text)
    })(),
  }
}

function columnsOf(row: Row = {}): Column[] {
  return Object.keys(row).map(key => ({ key }))
}

function contentOf(bytes: Uint8Array): Row {
  const { text, encoding } = encodeBytes(bytes)
  return { content: text, content_encoding: encoding }
}
