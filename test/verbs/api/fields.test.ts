import { expect, it } from 'vitest'
import { fieldsAsBody, fieldsAsQuery } from '../../../src/verbs/api/fields.ts'

it.each([
  [['a=b'], { a: 'b' }],
  [['a=b=c', 'd='], { a: 'b=c', d: '' }],
  [['n=5', 'm=-1.5', 't=true', 'f=false', 'z=null'], { n: 5, m: -1.5, t: true, f: false, z: null }],
  [
    ['a=007', 'b=1e3', 'c=9007199254740993', 'd=0x0781', 'e= 1', 'f=Infinity', 'g=-0', 'h=NaN'],
    { a: '007', b: '1e3', c: '9007199254740993', d: '0x0781', e: ' 1', f: 'Infinity', g: '-0', h: 'NaN' },
  ],
  [
    ['criteria[os][]=WINDOWS', 'criteria[os][]=LINUX', 'criteria[status][]=ALL', 'rows=1'],
    { criteria: { os: ['WINDOWS', 'LINUX'], status: ['ALL'] }, rows: 1 },
  ],
  [['options[toggle]=ON'], { options: { toggle: 'ON' } }],
])('%j become a body', (typed, body) => {
  expect(JSON.parse(JSON.stringify(fieldsAsBody(typed, [])))).toEqual(body)
})

it('a raw field is a string whatever its value', () => {
  expect(JSON.stringify(fieldsAsBody(['a=1'], ['b=1', 'c[]=true']))).toBe('{"a":1,"b":"1","c":["true"]}')
})

it('a field name cannot reach a prototype', () => {
  expect(JSON.stringify(fieldsAsBody(['__proto__[polluted]=1', 'constructor=2', 'a[toString]=3'], []))).toBe(
    '{"__proto__":{"polluted":1},"constructor":2,"a":{"toString":3}}',
  )
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

it('without fields there is no body', () => {
  expect(fieldsAsBody([], [])).toBeUndefined()
})

it.each([
  [['novalue']],
  [['=x']],
  [['[a]=x']],
  [['a[=x']],
  [['a]b=x']],
  [['a=1', 'a=2']],
  [['a=1', 'a[]=2']],
  [['a[b]=1', 'a[]=2']],
  [['a[]=1', 'a[b]=2']],
  [['a=1', 'a[b]=2']],
  [['a[][b]=1']],
])('%j is refused', typed => {
  expect(() => fieldsAsBody(typed, [])).toThrow(expect.objectContaining({ code: 'usage' }))
})

it('a query has names, which may repeat', () => {
  expect(fieldsAsQuery(['a=1', 'a=2', 'b[]=x y'], ['c=null'])).toEqual([
    ['a', '1'],
    ['a', '2'],
    ['b', 'x y'],
    ['c', 'null'],
  ])
  expect(() => fieldsAsQuery(['a[b]=1'], [])).toThrow(expect.objectContaining({ code: 'usage' }))
})
