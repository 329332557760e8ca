import { database } from '../../windows/seed/sqlite.ts'

/** macOS counts seconds since 2001. */
const APPLE_EPOCH_MS = 978_307_200_000
/** A whole number of seconds would be stored as one, which SQLite takes as well. */
const appleTime = (ms: number) => (ms - APPLE_EPOCH_MS) / 1000

/** A page that was visited, at a time in epoch milliseconds. */
export interface Visit {
  url: string
  title: string
  at: number
}

/** Makes Safari's `History.db`. */
export function safariHistory(visits: readonly Visit[]): Uint8Array {
  return database([
    {
      name: 'history_items',
      columns: 'id INTEGER PRIMARY KEY,url TEXT NOT NULL,domain_expansion TEXT NULL,visit_count INTEGER NOT NULL',
      rows: visits.map(({ url }) => [null, url, new URL(url).hostname.split('.').at(-2) ?? '', 1]),
    },
    {
      name: 'history_visits',
      columns: 'id INTEGER PRIMARY KEY,history_item INTEGER NOT NULL,visit_time REAL NOT NULL,title TEXT NULL,load_successful BOOLEAN',
      rows: visits.map(({ title, at }, index) => [null, index + 1, appleTime(at), title, 1]),
    },
  ])
}

/** Makes the database of files that came from elsewhere. */
export function quarantineEvents(events: readonly { id: string; at: number; agent: string; data: string; origin: string }[]): Uint8Array {
  return database([
    {
      name: 'LSQuarantineEvent',
      columns:
        'LSQuarantineEventIdentifier TEXT,LSQuarantineTimeStamp REAL,LSQuarantineAgentBundleIdentifier TEXT,LSQuarantineAgentName TEXT,LSQuarantineDataURLString TEXT,LSQuarantineOriginURLString TEXT',
      rows: events.map(({ id, at, agent, data, origin }) => [id, appleTime(at), `com.apple.${agent}`, agent, data, origin]),
    },
  ])
}

/** Makes a database of what programs may see (TCC). @param allowed the programs with the service that they may use */
export function privacyDecisions(allowed: readonly { service: string; client: string; at: number }[]): Uint8Array {
  return database([
    {
      name: 'access',
      columns: 'service TEXT NOT NULL,client TEXT NOT NULL,client_type INTEGER NOT NULL,auth_value INTEGER NOT NULL,last_modified INTEGER',
      // 1 is a path, and 0 the identifier of a bundle; 2 is allowed.
      rows: allowed.map(({ service, client, at }) => [
        `kTCCService${service}`,
        client,
        client.startsWith('/') ? 1 : 0,
        2,
        Math.floor(at / 1000),
      ]),
    },
  ])
}

/** Makes `knowledgeC.db` with the programs that were in front. */
export function knowledge(used: readonly { bundle: string; from: number; to: number }[]): Uint8Array {
  return database([
    {
      name: 'ZOBJECT',
      columns: 'Z_PK INTEGER PRIMARY KEY,ZSTREAMNAME VARCHAR,ZVALUESTRING VARCHAR,ZSTARTDATE TIMESTAMP,ZENDDATE TIMESTAMP',
      rows: used.map(({ bundle, from, to }) => [null, '/app/usage', bundle, appleTime(from), appleTime(to)]),
    },
  ])
}
