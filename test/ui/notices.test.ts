import { expect, it } from 'vitest'
import { CbcError } from '../../src/core/errors.ts'
import { ClosedPipe } from '../../src/core/ports.ts'
import { Notices } from '../../src/ui/notices.ts'
import { memoryOutput } from '../support/host.ts'

it('without JSON each is on stderr as soon as it is told', async () => {
  const stderr = memoryOutput()
  const notices = new Notices(stderr, {}, 'ends')
  await notices.during(async () => {
    await notices.tell('one')
    expect(stderr.text()).toBe('cbc: one\n')
  })
  expect(stderr.text()).toBe('cbc: one\n')
})

it('with JSON they are a part of the error, and nothing else is on stderr', async () => {
  const stderr = memoryOutput()
  const notices = new Notices(stderr, { output: 'json' }, 'ends')
  const failing = notices.during(async () => {
    await notices.tell('one')
    await notices.tell('two')
    throw new CbcError('remote', 'it failed', { result_code: 5 })
  })
  await expect(failing).rejects.toMatchObject({ code: 'remote', facts: { result_code: 5, notices: ['one', 'two'] } })
  expect(stderr.text()).toBe('')
})

it('with JSON they are a part of the error of a result of which a part failed', async () => {
  const stderr = memoryOutput()
  const notices = new Notices(stderr, { output: 'ndjson' }, 'ends')
  await notices.during(async () => {
    notices.partial(new CbcError('partial', '1 failed'))
    await notices.tell('one')
  })
  expect(JSON.parse(stderr.text())).toEqual({ error: { code: 'partial', message: '1 failed', hint: null, notices: ['one'] } })
})

it('with JSON they are lines where the work ended well, also those told before it goes on for long', async () => {
  const stderr = memoryOutput()
  const notices = new Notices(stderr, { output: 'json' }, 'ends')
  await notices.during(async () => {
    await notices.tell('one')
    await notices.release()
    expect(stderr.text()).toBe('cbc: one\n')
    await notices.tell('two')
  })
  expect(stderr.text()).toBe('cbc: one\ncbc: two\n')
})

it.each([
  ['work that goes on until it is stopped holds nothing back', 'goes on', {}, 'cbc: one\n'],
  ['--quiet tells nothing', 'ends', { quiet: true }, ''],
] as const)('%s', async (_, work, more, expected) => {
  const stderr = memoryOutput()
  const notices = new Notices(stderr, { output: 'json', ...more }, work)
  await notices.tell('one')
  await notices.release()
  expect(stderr.text()).toBe(expected)
})

it('a closed pipe stays what it is', async () => {
  const notices = new Notices(memoryOutput(), { output: 'json' }, 'ends')
  const closing = notices.during(async () => {
    await notices.tell('one')
    throw new ClosedPipe()
  })
  await expect(closing).rejects.toBeInstanceOf(ClosedPipe)
})
