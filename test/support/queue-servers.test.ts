import { Redis } from 'ioredis'
import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { postgres, redis } from './queue-servers.ts'

describe.skipIf(postgres.missing)(postgres.missing ?? postgres.name, () => {
  it('has what was stored before it was killed, at the same address', async () => {
    const server = await postgres.serve()
    const query = async (text: string) => {
      const client = new Client(server.url)
      client.on('error', () => {})
      await client.connect()
      const { rows } = await client.query(text)
      await client.end()
      return rows as unknown[]
    }
    await query('create table kept as select 7 as value')
    await server.kill()
    await expect(query('select 1')).rejects.toThrow('ECONNREFUSED')
    await server.start()
    expect(await query('select * from kept')).toEqual([{ value: 7 }])
  })
})

describe.skipIf(redis.missing)(redis.missing ?? redis.name, () => {
  it('has what was stored before it was killed, at the same address', async () => {
    const server = await redis.serve()
    const client = new Redis(server.url, { retryStrategy: () => null, maxRetriesPerRequest: 0 })
    client.on('error', () => {})
    await client.set('kept', '7')
    await server.kill()
    await expect(client.get('kept')).rejects.toThrow()
    await server.start()
    await client.connect()
    expect(await client.get('kept')).toBe('7')
    client.disconnect()
  })
})
