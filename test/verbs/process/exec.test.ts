import { describe, expect, it } from 'vitest'
import type { Command } from '../../../src/api/live-response.ts'
import { exec } from '../../../src/verbs/process/exec.ts'
import { verbBench } from '../../support/verb.ts'

/** An endpoint on which a program ends in a way, having printed these bytes. */
async function endpoint(details: Command['process_details'], output: Uint8Array = Buffer.from('ok')) {
  return await verbBench({
    run(request, service) {
      if (request.name === 'create process') return { result: { process_details: details } }
      return request.name === 'get file' ? { result: { file_details: { file_id: service.stage(Buffer.from(output)) } } } : {}
    },
  })
}

describe('exec --no-wait', () => {
  it.each([0, -1, 259, null])('gives the code that was answered: %j', async return_code => {
    const b = await endpoint({ pid: 99, return_code } as never)
    expect((await b.invoke(exec, { command: ['notepad.exe'], noWait: true })).rows).toMatchObject([{ process_pid: 99, return_code }])
  })
})

describe('a program that did not end by itself', () => {
  it.each([
    [0xc0000135, 'x.exe: ended with 0xc0000135: a DLL that it needs is missing'], [-1073741515, 'x.exe: ended with 0xc0000135: a DLL that it needs is missing'], [0xc000007b, 'x.exe: ended with 0xc000007b: a bad image: it, or a DLL that it needs, is damaged or for another kind of processor'],
  ])('that ends with %i is told of in words', async (return_code, said) => {
    const b = await endpoint({ pid: 99, return_code })
    await b.invoke(exec, { command: ['x.exe'] })
    expect(b.notices).toEqual([said])
  })

  it.each([0, 1, 5, 259, -1, 3221225999])('and nothing is told of one that ends with %i', async return_code => {
    const b = await endpoint({ pid: 99, return_code })
    await b.invoke(exec, { command: ['x.exe'] })
    expect(b.notices).toEqual([])
  })
})
