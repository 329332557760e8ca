import type { Route } from './router.ts'
import { json, readJson } from './http.ts'
import { objectOf, whole } from './search/search.ts'

/** The alert search, which finds nothing here: connectors use it to test their connection. */
export const ALERT_CALLS: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/alerts/v7/orgs/{org}/alerts/_search',
    needs: ['org.alerts READ'],
    async handle({ request }) {
      const body = objectOf(await readJson(request))
      whole(body, 'start', 1)
      whole(body, 'rows', 20, 10_000)
      return json(200, { results: [], num_found: 0, num_available: 0 })
    },
  },
]
