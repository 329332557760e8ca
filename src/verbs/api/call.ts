import { isAsking, METHODS, type AnyAnswer, type AnyRequest } from '../../api/any-call.ts'
import { apiPath } from '../../api/api-path.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { isJson } from '../../core/format.ts'
import type { Question } from '../../core/question.ts'
import { decodeWhole } from '../../core/text/decode.ts'
import { orUsage } from '../../core/text/malformed.ts'
import { shortened } from '../../core/text/shorten.ts'
import { encodeBytes, list, object, type Column, type Result, type Row } from '../../core/result.ts'
import { choice, flag, required, value, values, type Effect } from '../define.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { fieldsAsBody, fieldsAsQuery } from './fields.ts'
import { isRow, isSearch, Pages } from './pages.ts'

/** Characters of a body that a question shows. */
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
  summary: 'call the API for what has no command yet',
  details:
    'The path is below the URL of the profile, and {org_key} in it stands for its organization. Fields are the query of a GET, and the JSON body of everything else; with --input they are the query there too. ' +
    'The answer comes out as JSON, or as it is where it is something else (at most 1 GiB where its size is not announced). In CSV a value that has no fields is a cell called value. What changes something is asked about first, and refused by --read-only; GET only asks, and so does a POST to _search, _facet, _scroll or _export.',
  examples: [
    { line: 'api GET /appservices/v6/orgs/{org_key}/devices/11412673', does: 'all that the service says of a device' },
    {
      line: 'api POST /appservices/v6/orgs/{org_key}/devices/_search -f "query=name:WIN-*" -f "criteria[os][]=WINDOWS" -f rows=5',
      does: 'a search, its body made of fields',
    },
    {
      line: 'api POST /device_control/v3/orgs/{org_key}/approvals/_search -f rows=2 --paginate',
      does: 'all that a search finds, two at a time',
    },
    {
      line: 'api PUT /device_control/v3/orgs/{org_key}/approvals/10373 --input approval.json --yes',
      does: 'a body from a file; - is standard input',
    },
    { line: 'api DELETE /device_control/v3/orgs/{org_key}/approvals/10373 --dry-run', does: 'what would be sent' },
  ],
  effect: 'destroy',
  effectOf,
  arguments: { method: choice(METHODS, METHODS.join(', ')), path: required('text', 'path of the call, perhaps with a query') },
  options: {
    field: values(
      '-f, --field <name=value>',
      'a field; true, false, null and numbers are what JSON has of them; name[part]=, name[]= for more',
    ),
    rawField: values('--raw-field <name=value>', 'a field whose value is a text, whatever it says'),
    input: value('--input <file>', 'the body: a file of JSON, or - for standard input', { kind: 'local-path' }),
    paginate: flag('--paginate', 'all results of a search, not only its first page'),
  },
  check(input) {
    const { path } = apiPath(input.path, 'ORG')
    if (/\/liveresponse\/kill$/i.test(decodeURIComponent(path))) {
      throw new CbcError('refused', "api: Live Response is not disabled from here, as nobody types the devices' names", {
        hint: 'use `cbc lr disable`',
      })
    }
    if (input.method === 'GET' && input.input !== undefined) throw usage('api: a GET has no body', 'leave --input off, or use POST')
    if (input.paginate && effectOf(input) !== 'read') throw usage('api: --paginate goes with what asks for something')
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
  if (isAsking({ method: method as AnyRequest['method'], path })) return 'read'
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

/** @throws CbcError usage: it isn't JSON; io */
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

/** An answer as a result; JSON unless another form is asked for. */
function resultOf(answer: AnyAnswer, { output }: OrganizationContext): Result {
  if (answer.kind === 'content') return { kind: 'bytes', bytes: answer.bytes, object: contentOf }
  const { value } = answer
  if (isRow(value)) return { ...object(value, columnsOf(value)), format: 'json' }
  if (Array.isArray(value) && value.every(isRow)) return { ...list(value, columnsOf(value[0])), format: 'json' }
  // Lines of CSV have cells: each value that has no fields is the only cell of its line.
  if (output === 'csv' && value !== undefined)
    return list(
      [value].flat().map(item => ({ value: item })),
      [{ key: 'value' }],
    )
  // Nothing at all (204) is nothing, unless a document was asked for.
  const text = value === undefined ? (isJson(output) ? 'null\n' : '') : `${JSON.stringify(value)}\n`
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
