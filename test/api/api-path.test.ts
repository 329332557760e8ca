import { expect, it } from 'vitest'
import { apiPath } from '../../src/api/api-path.ts'

it.each([
  ['/appservices/v6/orgs/{org_key}/devices/1', '/appservices/v6/orgs/ABCD1234/devices/1', ''],
  ['integrationServices/v3/notification', '/integrationServices/v3/notification', ''],
  ['/a/b?x=1&x=2&y=%26', '/a/b', 'x=1&x=2&y=%26'],
  ['/liveresponse/sessions/1:4711/commands/0', '/liveresponse/sessions/1:4711/commands/0', ''],
  ['/a/na%C3%AFve%20name/...', '/a/na%C3%AFve%20name/...', ''],
])('the API path %s', (typed, path, query) => {
  const read = apiPath(typed, 'ABCD1234')
  expect([read.path, String(read.query)]).toEqual([path, query])
})

it.each([
  'https://evil.example/x',
  'HTTP:/x',
  'javascript:x',
  '//evil.example/x',
  '///x',
  '',
  '/',
  '/a//b',
  '/a/',
  '/..',
  '/a/../b',
  '/a/./b',
  '/a/%2e%2e/b',
  '/a/%2E./b',
  '/a/..%2f..',
  '/a%2fb',
  '/a%5cb',
  '/a\\..\\b',
  '/a/%252e%252e/b',
  '/a/%00',
  '/a/..;/b',
  '/a;x=1',
  '/a b',
  '/a\tb',
  '/a\nb',
  '/a#b',
  '/a?b#c',
  '/\u2025/x',
  '/%ff',
  '/devices/{device_id}',
  '@evil.example/x\\',
])('%j is not a path of the API', typed => {
  expect(() => apiPath(typed, 'ORG')).toThrow(expect.objectContaining({ code: 'usage' }))
})

it('every accepted path stays below the URL of the profile', () => {
  for (const typed of ['/a/b@evil.example', '@evil.example', '.evil', '/a:b@c', '/...', '*']) {
    const { path } = apiPath(typed, 'ORG')
    const target = new URL(path, 'https://defense.example')
    expect([target.origin, target.pathname]).toEqual(['https://defense.example', path])
  }
})
