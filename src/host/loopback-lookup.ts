import dns from 'node:dns'
import type { LookupFunction } from 'node:net'
import { ConnectionError } from './connection-error.ts'

/**
 * Looks up a name that stands for this machine, `localhost` or `x.localhost`. When it resolves to another machine, the connection is
 * refused, because requests to this machine are sent in the clear.
 */
export const loopbackLookup: LookupFunction = (name, options, callback) => {
  dns.lookup(name, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, '')
    const stray = found.find(({ address }) => !/^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/.test(address))
    if (stray !== undefined)
      return callback(
        new ConnectionError(
          name,
          `it resolves to ${stray.address}, but plain http is allowed for this machine only`,
          false,
          undefined,
          'use https, or 127.0.0.1',
        ),
        '',
      )
    if (options.all === true) return callback(null, found)
    const [first] = found
    callback(null, first?.address ?? '', first?.family)
  })
}
