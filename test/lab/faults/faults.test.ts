import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { InvalidSettings } from '../../../src/lab/behaviour/checks.ts'
import { ConnectionDropped } from '../../../src/lab/faults/connection-dropped.ts'
import { Faults } from '../../../src/lab/faults/faults.ts'
import { requestOf } from '../../../src/lab/request.ts'
import { ORG, TestLab, TOKEN, until } from '../cloud/support.ts'

const DEVICE = `${ORG}/devices/11412673`
const open: TestLab[] = []
function lab(faults: unknown): TestLab {
  const test = new TestLab({ faults })
  open.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ lab }) => lab.close()))
})

/** Reads the device as JSON, whatever fault applies. */
const ask = (test: TestLab, signal?: AbortSignal) =>
  test.lab.handle(requestOf(new URL(`http://lab${DEVICE}`), { headers: { 'X-Auth-Token': TOKEN } }, signal))

describe('a fault rule', () => {
  const picks = (rule: object, requests: [method: string, path: string][], seed = 1) => {
    const faults = new Faults([{ do: { drop: 'before' }, ...rule }], seed)
    return requests.map(([method, path]) => faults.pick(method, path) !== undefined)
  }
  const three: [string, string][] = [
    ['GET', '/a/b'],
    ['GET', '/a/b'],
    ['GET', '/a/b'],
  ]

  it.each<[object, [string, string], boolean]>([
    [{}, ['GET', '/a/b'], true],
    [{ method: 'post' }, ['POST', '/a'], true],
    [{ method: 'POST' }, ['GET', '/a'], false],
    [{ path: '/a/*' }, ['GET', '/a/b'], true],
    [{ path: '/a/*' }, ['GET', '/a/b/c'], false],
    [{ path: '/a/**' }, ['GET', '/a/b/c'], true],
    [{ path: '**/commands' }, ['GET', '/x/y/commands'], true],
    [{ path: '**/commands' }, ['GET', '/x/y/commands/1'], false],
    [{ path: '/{a,b}/c' }, ['GET', '/b/c'], true],
    [{ path: '/{a,b}/c' }, ['GET', '/d/c'], false],
    [{ path: '/a.b' }, ['GET', '/axb'], false],
  ])('%j matches %j: %s', (rule, request, fits) => {
    expect(picks(rule, [request])).toEqual([fits])
  })

  it('applies from the nth request on, a number of times', () => {
    expect(picks({ nth: 2 }, three)).toEqual([false, true, false])
    expect(picks({ nth: 2, times: 2 }, three)).toEqual([false, true, true])
    expect(picks({ times: 1 }, three)).toEqual([true, false, false])
    expect(picks({}, three)).toEqual([true, true, true])
  })

  it('applies with a probability that the seed decides', () => {
    const many = Array.from({ length: 400 }, (): [string, string] => ['GET', '/'])
    const once = picks({ probability: 0.25 }, many, 7)
    expect(picks({ probability: 0.25 }, many, 7)).toEqual(once)
    expect(picks({ probability: 0.25 }, many, 8)).not.toEqual(once)
    const hits = once.filter(Boolean).length
    expect(hits).toBeGreaterThan(60)
    expect(hits).toBeLessThan(140)
  })

  it.each([
    [{}, 'rule.do is missing'],
    [{ do: {} }, 'rule.do needs one of status'],
    [{ do: { drop: 'now' } }, 'rule.do.drop must be one of before, after'],
    [{ do: { drop: 'after', status: 500 } }, 'status and drop, but only one of them'],
    [{ do: { cut: 1, after: true } }, 'after is allowed only with status'],
    [{ do: { status: 99 } }, 'rule.do.status must be'],
    [[{ do: { cut: 1 } }, { paht: '/', do: { cut: 1 } }], 'rule 2.paht is unknown'],
    [[null], 'rule 1 must be a JSON object'],
    ['drop', 'rule must be a JSON object'],
  ])('%j is refused', (rules, why) => {
    expect(() => new Faults(rules, 1)).toThrow(why)
  })

  it('is either accepted or refused, whatever is sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (json, path) => {
        try {
          new Faults([{ path, do: { drop: 'before' } }], 1).pick('GET', path)
          new Faults(json, 1)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidSettings)
        }
      }),
    )
  })
})

describe('a fault inside the process', () => {
  it('answers with a status, headers and a body', async () => {
    const test = lab([
      { nth: 1, do: { status: 503, headers: { 'retry-after': '7' } } },
      { nth: 1, do: { status: 502, body: '<html>' } },
      { nth: 1, do: { status: 418, body: { tea: true } } },
    ])
    const [first, second, third] = [await ask(test), await ask(test), await ask(test)]
    expect([first.status, first.headers.get('retry-after'), await first.json()]).toEqual([
      503,
      '7',
      { success: false, message: 'A fault was asked for', error_code: 'ServiceUnavailable' },
    ])
    expect([second.status, second.headers.get('content-type'), await second.text()]).toEqual([502, 'text/html', '<html>'])
    expect([third.status, await third.json()]).toEqual([418, { tea: true }])
    expect((await ask(test)).status).toBe(200)
  })

  it('drops the connection before or after the request was carried out', async () => {
    const test = lab([
      { method: 'POST', path: '**/commands', nth: 1, do: { drop: 'before' } },
      { method: 'POST', path: '**/commands', nth: 1, do: { drop: 'after' } },
    ])
    const session = await test.session()
    const command = { name: 'kill', pid: 4242 }
    await expect(test.issue(session, command)).rejects.toThrow(ConnectionDropped)
    expect(JSON.parse((await test.send('GET', `${session}/commands`)).text)).toEqual([])
    await expect(test.issue(session, command)).rejects.toThrow(ConnectionDropped)
    expect(await test.end(session, 0)).toMatchObject({ status: 'COMPLETE' })
    const ran = JSON.parse((await test.send('GET', '/lab/executions')).text) as unknown[]
    expect(ran).toMatchObject([{ device_id: 11412673, name: 'kill', object: 4242, status: 'COMPLETE' }])
    const log = JSON.parse((await test.send('GET', '/lab/log?method=POST')).text) as {
      path: string
      status: number | null
      fault?: string
    }[]
    expect(log.filter(({ path }) => path.endsWith('/commands'))).toMatchObject([
      { status: null, fault: 'drop' },
      { status: null, fault: 'drop' },
    ])
  })

  it('loses the answer of a request that was carried out behind a gateway', async () => {
    const test = lab({ method: 'POST', path: '**/sessions', do: { status: 504, after: true } })
    expect((await test.send('POST', `${ORG}/liveresponse/sessions`, { device_id: 11412673 })).status).toBe(504)
    expect((await test.send('GET', `${ORG}/liveresponse/sessions`)).status).toBe(200)
  })

  it('cuts a body short', async () => {
    const test = lab({ do: { cut: 10 } })
    const reader = (await ask(test)).body?.getReader()
    expect((await reader?.read())?.value).toHaveLength(10)
    await expect(reader?.read()).rejects.toThrow(ConnectionDropped)
  })

  it('stalls a body until the client gives up, and can be ended', async () => {
    const test = lab({ do: { stall: 3 } })
    const client = new AbortController()
    const reader = (await ask(test, client.signal)).body?.getReader()
    expect((await reader?.read())?.value).toHaveLength(3)
    const rest = reader?.read()
    client.abort()
    await expect(rest).rejects.toThrow(ConnectionDropped)
    const other = (await ask(test)).body?.getReader()
    await other?.read()
    await other?.cancel()
  })

  it('sends a body slowly', async () => {
    const test = lab({ do: { drip: { bytes: 100, every: 50 } } })
    const text = (await ask(test)).text()
    let done = false
    void text.then(() => {
      done = true
    })
    let drops = 0
    for (; !done; drops++) {
      await until(() => done || test.clock.sleeping > 0)
      test.clock.advance(50)
    }
    expect(JSON.parse(await text)).toMatchObject({ id: 11412673 })
    expect(drops).toBeGreaterThanOrEqual(5)
  })

  it('answers garbage', async () => {
    const test = lab((['html', 'json', 'length'] as const).map(garbage => ({ nth: 1, do: { garbage } })))
    const page = await ask(test)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const broken = await ask(test)
    const half = await broken.text()
    expect([broken.headers.get('content-type'), broken.headers.get('content-length')]).toEqual(['application/json', String(half.length)])
    expect(() => JSON.parse(half)).toThrow(SyntaxError)
    const long = await ask(test)
    expect(Number(long.headers.get('content-length'))).toBeGreaterThan(2 * half.length)
    await expect(long.text()).rejects.toThrow()
  })

  it('delays the answer', async () => {
    const test = lab({ do: { delay: '5s' } })
    let answered = false
    const answer = ask(test).then(({ status }) => {
      answered = true
      return status
    })
    await until(() => test.clock.sleeping === 1)
    expect(answered).toBe(false)
    test.clock.advance(5000)
    expect(await answer).toBe(200)
  })

  it('ends with its lab: a stalled answer ends when the lab closes', async () => {
    const test = lab({ do: { stall: 0 } })
    const text = (await ask(test)).text()
    await test.lab.close()
    await expect(text).rejects.toThrow(ConnectionDropped)
  })
})
