import type { Cloud } from './cloud.ts'
import { json } from './http.ts'
import type { Jobs } from './jobs.ts'
import type { Route } from './router.ts'

const JOBS = '/jobs/v1/orgs/{org}/jobs'
const NEEDS = ['jobs.status READ'] as const

/** Jobs ("Export jobs" of "Neighbouring APIs"). */
export function jobCalls(cloud: Cloud, jobs: Jobs): Route[] {
  return [
    {
      method: 'GET',
      path: JOBS,
      needs: NEEDS,
      async handle({ params }) {
        const results = await jobs.list(params['org'] ?? '')
        return json(200, { num_found: results.length, results })
      },
    },
    {
      method: 'GET',
      path: `${JOBS}/{job}`,
      needs: NEEDS,
      handle: async ({ params }) => json(200, await jobs.view(params['job'] ?? '', params['org'] ?? '')),
    },
    {
      method: 'GET',
      path: `${JOBS}/{job}/progress`,
      needs: NEEDS,
      handle: async ({ params }) => json(200, await jobs.progress(params['job'] ?? '')),
    },
    {
      method: 'GET',
      path: `${JOBS}/{job}/download`,
      needs: NEEDS,
      async handle({ request, params }) {
        const { content, mediaType } = await jobs.output(params['job'] ?? '', request.signal)
        const body = ReadableStream.from(cloud.store.blobs.read(content))
        return new Response(body, { headers: { 'content-type': mediaType, 'content-length': String(content.size) } })
      },
    },
  ]
}
