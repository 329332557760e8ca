import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { start, type Started } from '../support/program.ts'
import { testFolder } from '../support/folder.ts'

const exec = promisify(execFile)
const curlIsHere = await exec('curl', ['--version']).then(
  () => true,
  () => false,
)

interface Example {
  call: string
  form: 'http' | 'curl'
  line: number
  request: { method: string; path: string; headers: Record<string, string>; body?: unknown; text?: string }
  response: { status: number }
  /** The server's answer to a request that is printed incorrectly. */
  answered?: number
}

const examples = ['sessions', 'files', 'commands']
  .flatMap(name => JSON.parse(readFileSync(new URL(`../fixtures/live-response/${name}.json`, import.meta.url), 'utf8')) as Example[])
  .filter(({ form }) => form === 'curl')
/** Calls that end the session come last. */
const ENDS = ['Close Session', 'Disable Live Response']
const inOrder = [...examples.filter(({ call }) => !ENDS.includes(call)), ...examples.filter(({ call }) => ENDS.includes(call))]
/** The document's organization had a file with this id, and a tenth command that was still waiting. */
const PRINTED_FILE = 'dcf728ab-7611-48ff-9e7f-501730a46eea'
const WAITING = 10

describe.skipIf(!curlIsHere)('the curl examples of the document, as printed, against a new lab', () => {
  const folder = testFolder()
  let program: Started
  let url = ''
  let file = ''

  /** Runs an example in the folder. @returns the status and the answer */
  async function curl(
    { method, path, headers, body, text }: Example['request'],
    ...more: string[]
  ): Promise<{ status: number; answer: string }> {
    const args = [
      url + path.replace(PRINTED_FILE, file),
      '-X',
      method,
      ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ]
    const data = text ?? (body === undefined ? undefined : JSON.stringify(body))
    const { stdout } = await exec('curl', ['-sS', '-w', '\n%{http_code}', ...args, ...(data === undefined ? [] : ['-d', data]), ...more], {
      cwd: folder,
    })
    const end = stdout.lastIndexOf('\n')
    return { status: Number(stdout.slice(end + 1)), answer: stdout.slice(0, end) }
  }

  const example = (call: string) => inOrder.find(one => one.call === call)?.request ?? { method: '', path: '', headers: {} }
  const issue = (body: unknown) => curl({ ...example('Issue Command'), body })

  beforeAll(async () => {
    writeFileSync(join(folder, 'example_file.txt'), 'Hello!')
    program = start(['lab', 'serve', '--json', '--state', 'none'], { home: folder, cwd: folder })
    ;({ url } = JSON.parse(await program.line('{')) as { url: string })
    await curl(example('Start Session'))
    while (!/"status":"ACTIVE"/.test((await curl(example('Get Session by ID'))).answer));
    file = (JSON.parse((await curl(example('Upload File to Carbon Black Cloud'), '-F', 'file=@example_file.txt')).answer) as { id: string })
      .id
    await issue({ name: 'process list' })
    await issue({ name: 'put file', path: 'C:\\demo\\example_file.txt', file_id: file })
    await issue({ name: 'create process', path: 'ping -t localhost', wait: true })
    for (let id = 3; id <= WAITING; id++) await issue({ name: 'put file', path: 'C:\\demo\\example_file.txt', file_id: file })
  })
  afterAll(() => program.kill('SIGTERM'))

  it.each(inOrder.map(one => [`${one.call}, line ${one.line}`, one] as const))('%s', async (_, { call, request, response, answered }) => {
    const more: Record<string, string[]> = {
      'Upload File to Carbon Black Cloud': ['-F', 'file=@example_file.txt'],
      'Get File Content': ['-o', 'file_to_download_to.txt', '-L'],
    }
    const { status, answer } = await curl(request, ...(more[call] ?? []))
    expect(status, answer).toBe(answered ?? response.status)
    if (call === 'Get File Content') expect(readFileSync(join(folder, 'file_to_download_to.txt'), 'utf8')).toBe('Hello!')
    if (call === 'Cancel Command') expect(JSON.parse(answer)).toMatchObject({ id: WAITING, status: 'CANCELLED' })
  })

  it('Disable Live Response as the shell reads it: a line without its backslash ends the command, and nothing is sent with it', async () => {
    const { body: _, headers, ...request } = example('Disable Live Response')
    expect((await curl({ ...request, headers: { 'X-Auth-Token': headers['X-Auth-Token'] ?? '' } })).status).toBe(400)
  })
})
