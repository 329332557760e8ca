import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WireRequest } from '../../src/core/ports.ts'
import { openTenant, type Tenant } from '../support/tenant.ts'

let tenant: Tenant
let sent: string[] = []

/** What a request is for, in a word or two; a command by its name. */
const KINDS: [RegExp, string | ((request: WireRequest) => string)][] = [
  [/^POST .*\/devices\/_search$/, 'search'],
  [/^GET .*\/devices\/\d+$/, 'device'],
  [/^GET .*\/sessions$/, 'sessions'],
  [/^POST .*\/sessions$/, 'start'],
  [/^GET .*\/sessions\/[^/]+$/, 'session'],
  [/^DELETE .*\/sessions\/[^/]+$/, 'close'],
  [/^POST .*\/commands$/, ({ body }) => (JSON.parse(Buffer.from(body as Uint8Array).toString()) as { name: string }).name],
  [/^GET .*\/commands\/\d+$/, 'status'],
  [/^POST .*\/files$/, 'upload'],
  [/^GET .*\/content$/, 'content'],
  [/^DELETE .*\/files\/[^/]+$/, 'delete copy'],
]

function kindOf(request: WireRequest): string {
  const line = `${request.method} ${request.url.pathname}`
  const kind = KINDS.find(([form]) => form.test(line))?.[1] ?? line
  return typeof kind === 'string' ? kind : kind(request)
}

beforeAll(async () => {
  tenant = await openTenant()
  await tenant.cbc(['lr', 'session', 'close', 'WIN-FIN-01'])
  let open = 0
  tenant.between(service => async request => {
    const kind = `${open > 0 ? '& ' : ''}${kindOf(request)}`
    // How often a long command is asked for is a matter of time.
    if (kind !== 'status' || sent.at(-1) !== 'status') sent.push(kind)
    open += 1
    return await service(request).finally(() => {
      open -= 1
    })
  })
})
afterAll(async () => {
  await tenant.close()
})

/**
 * What each verb asks of an endpoint, beside the session: `>` stands before a command, which is issued and then asked for, and `&` before
 * what is sent while the answer to another request is awaited.
 */
const VERBS: [line: string, requests: string][] = [
  ['ps WIN-FIN-01', '>process list'],
  ['ls WIN-FIN-01 C:\\', '>directory list'],
  ['stat WIN-FIN-01 C:\\Windows\\win.ini', '>directory list'],
  // What is there, a file or a directory, and then what is in it.
  ['find WIN-FIN-01 C:\\Users\\Public\\old', '>directory list,>directory list'],
  ['tree WIN-FIN-01 C:\\Users\\Public\\old', '>directory list'],
  ['get WIN-FIN-01 C:\\Windows\\win.ini out.ini', '>directory list,>get file,content,delete copy'],
  // What is there, a file or a directory, and whether the file arrived whole.
  ['put WIN-FIN-01 notes.txt C:\\Users\\Public\\n.txt', '>directory list,upload,>put file,delete copy,&>directory list'],
  ['put WIN-FIN-01 notes.txt C:\\Users\\Public', '>directory list,>directory list,upload,>put file,delete copy,&>directory list'],
  ['cat WIN-FIN-01 C:\\Windows\\win.ini', '>directory list,>get file,content,delete copy'],
  ['hexdump WIN-FIN-01 C:\\Windows\\win.ini --head 16', '>directory list,>get file,content,delete copy'],
  ['hash WIN-FIN-01 C:\\Windows\\win.ini', '>directory list,>get file,content,delete copy'],
  ['mkdir WIN-FIN-01 C:\\Users\\Public\\made', '>create directory'],
  ['rm WIN-FIN-01 C:\\Users\\Public\\n.txt', '>delete file'],
  // The process is looked up for the result, which names it.
  ['kill WIN-FIN-01 4', '>process list,>kill'],
  ['exec WIN-FIN-01 whoami', '>create process,>get file,content,delete copy,>delete file'],
  [
    'script WIN-FIN-01 greet.bat x',
    'upload,>put file,delete copy,&>directory list,>create process,>delete file,>get file,content,delete copy,>delete file',
  ],
  ['reg query WIN-FIN-01 HKLM\\SOFTWARE', '>reg enum key'],
  ['reg query WIN-FIN-01 HKLM\\SOFTWARE\\Old -v Level', '>reg query value'],
  ['reg add WIN-FIN-01 HKLM\\SOFTWARE\\New', '>reg create key'],
  // A missing key has to be created, and a value that is there must not be overwritten.
  ['reg add WIN-FIN-01 HKLM\\SOFTWARE\\New -v A -d 1', '>reg enum key,>reg query value,>reg set value'],
  ['reg delete WIN-FIN-01 HKLM\\SOFTWARE\\New -v A', '>reg delete value'],
  ['reg export WIN-FIN-01 HKLM\\SOFTWARE\\Old old.reg', '>reg enum key'],
  ['drives WIN-FIN-01', ''],
  ['info WIN-FIN-01', 'device,& session'],
  // Whether there is room for the dump is asked of a program.
  ['memdump WIN-FIN-01', '>create process,>get file,content,delete copy,>delete file,>memdump,>directory list'],
  ['rm WIN-FIN-01 C:\\Users\\Public\\x.txt --dry-run', ''],
  ['get WIN-FIN-01 C:\\Windows\\win.ini again.ini --dry-run', '>directory list'],
]

const requests = (text: string) =>
  text === '' ? [] : text.split(',').flatMap(each => (each.includes('>') ? [each.replace('&>', '& ').replace('>', ''), 'status'] : [each]))

it.each(VERBS)('a one-shot verb makes no request too many: %s', async (line, asked) => {
  sent = []
  await tenant.cbc(['lr', ...line.split(' '), '--yes'])
  // The sessions are listed while the device is searched for.
  expect(sent).toEqual(['sessions', '& search', 'start', ...requests(asked), 'close'])
})

it('a device that is given by its id is not searched for', async () => {
  sent = []
  await tenant.cbc(['lr', 'ps', '11412673'])
  expect(sent).toEqual(['sessions', 'start', 'process list', 'status', 'close'])
})

it('a verb that joins an open session neither starts nor closes one', async () => {
  await tenant.cbc(['lr', 'session', 'start', 'WIN-FIN-01'])
  sent = []
  await tenant.cbc(['lr', 'ps', '11412673'])
  expect(sent).toEqual(['sessions', 'process list', 'status'])
})

it('a name that no device has ends with that, and not with what became of the list of sessions', async () => {
  sent = []
  const { code, err } = await tenant.cbc(['lr', 'ps', 'NO-SUCH-DEVICE'])
  expect({ code, err }).toMatchObject({ code: 4, err: expect.stringMatching(/NO-SUCH-DEVICE/) as string })
  expect(sent.slice(0, 2)).toEqual(['sessions', '& search'])
})
