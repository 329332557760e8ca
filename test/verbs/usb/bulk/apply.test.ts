import { readdirSync, statSync } from 'node:fs'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { interrupted } from '../../../../src/core/errors.ts'
import { memoryOutput } from '../../../support/host.ts'
import { csv, openOrganization, settable, type Organization } from './support.ts'

let org: Organization
beforeEach(async () => {
  org = openOrganization()
  await org.cbc(['import', org.file('before.csv', csv('0781,5581,S1,One,first', '0781,5581,S2,Two,second', '0951,,,Kingston,'))])
})
afterEach(() => org.close())

/** S1 stays, S2 gets another name, S3 is new; the approval of 0951 is not in it. */
const WANTED = csv('0x0781,0x5581,S1,One,first', '0781,5581,S2,Zwei,second', '0781,5581,S3,Three,')
const rollbacks = () => readdirSync(org.home).filter(name => name.includes('rollback'))
const serials = async () =>
  (await org.approvals()).map(({ vendor_id, serial_number, approval_name }) => `${serial_number || vendor_id} ${approval_name}`).sort()

describe('approval apply', () => {
  it('makes the approvals equal to the file, and does nothing the second time', async () => {
    const path = org.file('sticks.csv', WANTED)
    const { code, rows } = await org.rows(['apply', path, '--prune', '--yes'])
    expect(code).toBe(0)
    expect(rows.map(({ action, line, id, approval_name }) => [action, line, id, approval_name])).toEqual([
      ['unchanged', 2, '10373', 'One'],
      ['update', 3, '10374', 'Zwei'],
      ['create', 4, '10376', 'Three'],
      ['delete', undefined, '10375', 'Kingston'],
    ])
    expect(await serials()).toEqual(['S1 One', 'S2 Zwei', 'S3 Three'])
    const [changes, files] = [await org.changes(), rollbacks()]
    const again = await org.cbc(['apply', path, '--prune'])
    expect(again).toMatchObject({ code: 0, err: `cbc: ${path}: nothing changed, 3 unchanged\n` })
    expect(await org.changes()).toEqual(changes)
    expect(rollbacks()).toEqual(files)
  })

  it('without --prune keeps what is not in the file, and says how many', async () => {
    const { code, err } = await org.cbc(['apply', org.file('sticks.csv', WANTED), '--yes'])
    expect(code).toBe(0)
    expect(err).toMatch(/sticks\.csv: create 1, update 1, 1 unchanged; 1 that is not in it stays \(--prune deletes it\)\n/)
    expect(await serials()).toContain('0x0951 Kingston')
  })

  it('changes only what the file says', async () => {
    await org.rows(['apply', org.file('names.csv', 'serial_number,vendor_id,product_id,approval_name\nS2,781,5581,Zwei\n'), '--yes'])
    await org.rows([
      'apply',
      org.file('notes.json', '[{"vendor_id": "0781", "product_id": "5581", "serial_number": "S1", "notes": null}]'),
      '--yes',
    ])
    expect((await org.approvals()).map(settable).slice(0, 2)).toMatchObject([
      { approval_name: 'One', notes: '' },
      { approval_name: 'Zwei', notes: 'second' },
    ])
  })

  it('shows a plan that fits a terminal of 80 columns, however much there is to say', async () => {
    const path = org.file('long.csv', csv('0781,5581,4C531001331122115172,Renamed,A few notes', '0781,5581,S1,Renamed,Other notes'))
    const { out } = await org.cbc(['apply', path, '--dry-run'], { stdout: memoryOutput({ isTerminal: true, columns: 80 }) })
    expect(out).toContain('4C531001331122115172')
    expect(Math.max(...out.split('\n').map(line => stringWidth(line)))).toBeLessThanOrEqual(80)
  })

  it('does nothing when nobody can be asked, but shows what it would do', async () => {
    const changes = await org.changes()
    const { code, out, err } = await org.cbc(['apply', org.file('sticks.csv', WANTED), '--prune'])
    expect({ code, out }).toEqual({ code: 8, out: '' })
    for (const shown of [
      /^action +line +id/,
      /update +3 +10374 .*approval_name "Two" → "Zwei"/,
      /create +4 /,
      /delete +10375 /,
      /create 1, update 1, delete 1, 1 unchanged/,
      /nobody is there to confirm: apply \S+: create 1, update 1, delete 1/,
      /hint: add --yes/,
    ])
      expect(err).toMatch(shown)
    expect(await org.changes()).toEqual(changes)
    expect(rollbacks()).toEqual([])
    const json = await org.cbc(['apply', `${org.home}/sticks.csv`, '--prune', '--json'])
    const { error } = JSON.parse(json.err) as { error: { code: string; message: string } }
    expect([json.code, error.code]).toEqual([8, 'refused'])
    // No table is shown there, so the message names the rows.
    expect(error.message).toMatch(/: update .*10374.*delete .*10375/)
  })

  it('prints the plan in a dry run, and writes no file', async () => {
    const changes = await org.changes()
    const { code, rows } = await org.rows(['apply', org.file('sticks.csv', WANTED), '--prune', '--dry-run'])
    expect({ code, actions: rows.map(({ action }) => action) }).toEqual({ code: 0, actions: ['unchanged', 'update', 'create', 'delete'] })
    expect(rows[1]).toMatchObject({
      line: 3,
      id: '10374',
      approval_name: 'Zwei',
      notes: 'second',
      changes: { approval_name: { before: 'Two', after: 'Zwei' } },
    })
    expect(await org.changes()).toEqual(changes)
    expect(rollbacks()).toEqual([])
  })

  it('checks the file as import does, and deletes nothing for an empty file', async () => {
    for (const [name, content] of [
      ['a.csv', ''],
      ['b.csv', csv(',,,x,')],
      ['c.json', '[{"vendor_id": "0781"}'],
    ] as const) {
      expect((await org.cbc(['apply', org.file(name, content), '--prune', '--yes'])).code).toBe(2)
    }
    expect(await org.approvals()).toHaveLength(3)
    expect((await org.cbc(['apply', org.file('d.json', '[]'), '--prune', '--yes'])).code).toBe(0)
    expect(await org.approvals()).toEqual([])
  })

  it('ignores ids in a file, which may be from another organization or of devices', async () => {
    const { rows } = await org.rows([
      'apply',
      org.file(
        'x.json',
        '[{"id": "10374", "vendor_id": "0781", "product_id": "5581", "serial_number": "S1", "approval_name": "One", "notes": "first"}]',
      ),
      '--yes',
    ])
    expect(rows).toMatchObject([{ action: 'unchanged', id: '10373' }])
  })
})

describe('the rollback file', () => {
  it('restores the previous approvals', async () => {
    const before = (await org.approvals()).map(settable)
    const path = org.file('sticks.csv', WANTED)
    const { err } = await org.cbc(['apply', path, '--prune', '--yes'])
    const [name = ''] = rollbacks()
    expect(name).toMatch(/^sticks\.csv\.rollback-\d{8}T\d{9}Z\.json$/)
    expect(err).toContain(`${org.home}/${name}`)
    expect(statSync(`${org.home}/${name}`).mode & 0o777).toBe(0o600)
    expect((JSON.parse(org.read(`${org.home}/${name}`)) as object[]).map(settable)).toEqual(before)
    expect((await org.cbc(['apply', `${org.home}/${name}`, '--prune', '--yes'])).code).toBe(0)
    const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
    expect((await org.approvals()).map(settable).sort(byText)).toEqual([...before].sort(byText))
  })

  it('exists before anything is changed, if asked for, and overwrites nothing', async () => {
    const path = org.file('sticks.csv', WANTED)
    const changes = await org.changes()
    org.file('mine.json', 'mine')
    expect(await org.cbc(['apply', path, '--yes', '--rollback', `${org.home}/mine.json`])).toMatchObject({
      code: 8,
      err: expect.stringMatching(/mine\.json: exists on this machine\nhint: name another file with --rollback\n$/) as string,
    })
    expect((await org.cbc(['apply', path, '--yes', '--rollback', `${org.home}/nowhere/undo.json`])).code).toBe(1)
    expect(await org.changes()).toEqual(changes)
    expect(org.read(`${org.home}/mine.json`)).toBe('mine')
    expect((await org.cbc(['apply', path, '--yes', '--rollback', `${org.home}/undo.json`])).code).toBe(0)
    expect(rollbacks()).toEqual([])
    expect(JSON.parse(org.read(`${org.home}/undo.json`))).toHaveLength(3)
  })
})

describe('when something goes wrong,', () => {
  it('the rest continues', async () => {
    await org.faults(
      { method: 'PUT', path: '**/approvals/10374', do: { status: 400, body: { message: 'no' } } },
      { method: 'DELETE', path: '**/approvals/*', do: { status: 409 } },
    )
    const { code, rows } = await org.rows(['apply', org.file('sticks.csv', WANTED), '--prune', '--yes'])
    expect(code).toBe(7)
    expect(rows.map(({ action, line, id, error }) => [action, line, id, (error as { code: string } | undefined)?.code])).toEqual([
      ['unchanged', 2, '10373', undefined],
      ['update', 3, undefined, 'remote'],
      ['create', 4, '10376', undefined],
      ['delete', undefined, '10375', 'remote'],
    ])
  })

  it('a change that was made counts as done even if its answer was lost', async () => {
    await org.faults(
      ...['PUT', 'DELETE', 'POST'].map(method => ({ method, path: '**/approvals/{_bulk,10374,10375}', nth: 1, do: { drop: 'after' } })),
    )
    const { code, rows } = await org.rows(['apply', org.file('sticks.csv', WANTED), '--prune', '--yes'])
    expect({ code, actions: rows.map(({ action }) => action) }).toEqual({ code: 0, actions: ['unchanged', 'update', 'create', 'delete'] })
    expect(await serials()).toEqual(['S1 One', 'S2 Zwei', 'S3 Three'])
    // The earlier changes, and each new change once; deleting what is gone changes nothing.
    expect(await org.changes()).toEqual([
      'POST /_bulk 200',
      'PUT /10374 null',
      'POST /_bulk null',
      'DELETE /10375 null',
      'DELETE /10375 404',
    ])
  })

  it('a change that was not made, or may not have been, is an error', async () => {
    await org.faults({ method: 'PUT', path: '**/approvals/*', do: { drop: 'before' } })
    const { code, rows } = await org.rows(['apply', org.file('sticks.csv', WANTED), '--prune', '--yes'])
    expect({
      code,
      failed: rows.filter(({ error }) => error !== undefined).map(({ action, error }) => [action, (error as { code: string }).code]),
    }).toEqual({ code: 7, failed: [['update', 'unknown_outcome']] })
  })

  it('an approval that is already gone counts as deleted', async () => {
    await org.faults({ method: 'DELETE', path: '**/approvals/*', do: { status: 404 } })
    expect((await org.rows(['apply', org.file('sticks.csv', WANTED), '--prune', '--yes'])).code).toBe(0)
  })

  it('Ctrl-C says what was done', async () => {
    const interruption = new AbortController()
    org.between(service => async request => {
      if (request.method === 'DELETE') {
        interruption.abort(interrupted())
        throw interruption.signal.reason
      }
      return await service(request)
    })
    const { code, err } = await org.cbc(['apply', org.file('sticks.csv', WANTED), '--prune', '--yes'], {
      interruption,
      interrupt: interruption.signal,
    })
    expect({ code, last: err.trimEnd().split('\n').slice(-2) }).toEqual({
      code: 130,
      last: [
        'cbc: interrupted: 1 created, 1 updated, 1 unchanged so far; the outcome of 1 more is not known',
        'hint: run it again: what is already done stays unchanged',
      ],
    })
  })
})

it('a long plan is shown in part', async () => {
  const { err } = await org.cbc(['apply', org.file('many.csv', csv(...Array.from({ length: 150 }, (_, n) => `0951,,X${n},,`)))])
  expect(err.match(/^create /gm)).toHaveLength(100)
  expect(err).toMatch(/create 150; 3 that are not in it stay .*; the first 100 are shown, --dry-run shows all/)
})

it('approvals listed as CSV, JSON or NDJSON can be applied without a change, whatever their names and notes', async () => {
  const text = (longest: number) =>
    fc.string({
      unit: fc.oneof(
        fc.constantFrom('=', '+', '-', '@', "'", '"', ',', ';', '\t', '\r', '\n', '\\x1b', '\u001b', '\u200d', '😀', 'ü', '＝'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
      maxLength: longest,
    })
  const approvals = fc.uniqueArray(
    fc.record({ serial_number: fc.stringMatching(/^[A-Z0-9]{1,8}$/), approval_name: text(20), notes: text(40) }),
    { selector: one => one.serial_number, minLength: 1, maxLength: 8 },
  )
  await fc.assert(
    fc.asyncProperty(approvals, async given => {
      const place = openOrganization()
      try {
        const limited = given.map(one => ({ vendor_id: '0x0781', ...one, approval_name: [...one.approval_name].slice(0, 150).join('') }))
        expect((await place.rows(['apply', place.file('first.json', JSON.stringify(limited)), '--prune', '--yes'])).code).toBe(0)
        const before = await place.approvals()
        for (const format of ['csv', 'json', 'ndjson']) {
          const { out } = await place.cbc([
            'list',
            '--all',
            '-o',
            format,
            '--columns',
            'vendor_id,product_id,serial_number,approval_name,notes',
          ])
          for (const verb of ['apply', 'import']) {
            const { code, rows } = await place.rows([verb, place.file(`export.${format}`, out)])
            expect({ code, actions: new Set(rows.map(({ action }) => action)) }).toEqual({ code: 0, actions: new Set(['unchanged']) })
          }
        }
        expect(await place.approvals()).toEqual(before)
      } finally {
        await place.close()
      }
    }),
    { numRuns: 40 },
  )
})
