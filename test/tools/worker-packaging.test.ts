import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { program } from '../../src/cli/program.ts'
import { parse } from '../../src/engine/parse.ts'
import { connectCommand } from '../../src/shell/connect-command.ts'
import { testHost } from '../support/host.ts'

/** What a worker may take beyond `--grace` to hand back what it has (src/queue/worker.ts, turns.ts), milliseconds. */
const TIDY_MS = 20_000
const SECRETS = ['CBC_ORG_KEY', 'CBC_TOKEN', 'CBC_QUEUE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']

const read = (file: string) => readFileSync(new URL(`../../packaging/${file}`, import.meta.url), 'utf8')

/** What the program understands of words that a supervisor starts it with. */
async function understood(words: readonly string[]): Promise<Record<string, unknown>> {
  const outcome = await parse(
    program(testHost(), async () => connectCommand),
    words,
  )
  if (outcome.kind !== 'run') throw new Error(`not a command: ${words.join(' ')}`)
  return outcome.parsed.input
}

describe('the unit for systemd', () => {
  const unit = read('systemd/cbc-worker.service')
  const setting = (name: string) => [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)

  it('starts a worker with options that there are, and gives it the time to finish', async () => {
    const [start = ''] = setting('ExecStart')
    const { grace } = await understood(start.split(' ').slice(1))
    expect(Number(setting('TimeoutStopSec')[0]) * 1000).toBeGreaterThanOrEqual(Number(grace) + TIDY_MS)
    expect(setting('KillSignal')).toEqual(['SIGTERM'])
  })

  it('holds no secret, and takes them from a file that the worker itself cannot read', () => {
    expect(setting('EnvironmentFile')).toEqual(['/etc/cbc/worker.env'])
    expect(setting('DynamicUser')).toEqual(['yes'])
    for (const name of SECRETS) expect(setting('Environment').join(' ')).not.toContain(name)
  })
})

interface Deployment {
  spec: {
    replicas: number
    template: {
      spec: {
        terminationGracePeriodSeconds: number
        securityContext: Record<string, unknown>
        containers: {
          args: string[]
          ports: { name: string; containerPort: number }[]
          env: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[]
          securityContext: Record<string, unknown>
          volumeMounts: { name: string }[]
          [probe: `${string}Probe`]: { httpGet: { path: string; port: string } }
        }[]
        volumes: { name: string }[]
      }
    }
  }
}

describe('the deployment for Kubernetes', () => {
  const { spec } = parseYaml(read('kubernetes/worker.yaml')) as Deployment
  const { containers, ...pod } = spec.template.spec
  const [worker] = containers
  if (worker === undefined) throw new Error('no container')

  it('starts workers with options that there are, asks for their health where they tell it, and gives them the time to finish', async () => {
    const { grace, healthPort } = await understood(worker.args)
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(Number(grace) + TIDY_MS)
    expect(healthPort).toEqual({ host: '0.0.0.0', port: worker.ports.find(({ name }) => name === 'health')?.containerPort })
    expect(worker.readinessProbe?.httpGet).toEqual({ path: '/', port: 'health' })
    expect(worker.livenessProbe?.httpGet).toEqual({ path: '/live', port: 'health' })
  })

  it('holds no secret', () => {
    for (const name of SECRETS) {
      const found = worker.env.find(one => one.name === name)
      expect(found).toEqual({ name, valueFrom: { secretKeyRef: { name: 'cbc-worker', key: expect.any(String) as string } } })
    }
  })

  it('gives the program no rights that it does not need', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
    expect(worker.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(worker.volumeMounts.map(({ name }) => name).sort()).toEqual(pod.volumes.map(({ name }) => name).sort())
  })
})
