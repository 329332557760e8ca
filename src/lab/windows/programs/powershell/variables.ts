import type { Run } from '../../processes/run.ts'
import { HASHTABLE, object, text, type Value } from './values.ts'

/** The variables of a script, innermost scope first, those of the environment, and the automatic ones. */
export class Variables {
  private readonly run: Run
  private readonly scopes: Map<string, Value>[] = [new Map()]

  constructor(run: Run) {
    this.run = run
  }

  /** How many scopes are nested. */
  get depth(): number {
    return this.scopes.length
  }

  get(name: string): Value {
    if (name.startsWith('env:')) return this.run.environment.get(name.slice(4)) ?? null
    const bare = name.replace(/^(script|global|local|private|using):/, '')
    const scope = this.scopes.findLast(one => one.has(bare))
    return scope === undefined ? this.automatic(bare) : (scope.get(bare) ?? null)
  }

  set(name: string, value: Value): void {
    const [, scope = '', bare = name] = /^(\w+):(.*)$/.exec(name) ?? []
    if (scope === 'env') this.run.environment.set(bare, text(value))
    else this.scopes[scope === 'global' || scope === 'script' ? 0 : this.scopes.length - 1]?.set(bare, value)
  }

  /** Runs `body` in a new scope. */
  async within<T>(variables: Record<string, Value>, work: () => Promise<T>): Promise<T> {
    this.scopes.push(new Map(Object.entries(variables)))
    try {
      return await work()
    } finally {
      this.scopes.pop()
    }
  }

  private automatic(name: string): Value {
    const {
      environment,
      directory,
      machine: { seed },
      pid,
    } = this.run
    switch (name) {
      case 'true':
        return true
      case 'false':
        return false
      case 'pwd':
        return object('System.Management.Automation.PathInfo', { Path: directory }, directory)
      case 'pid':
        return pid
      case 'home':
        return environment.get('USERPROFILE') ?? null
      case 'pshome':
        return 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0'
      case 'psversiontable':
        return object(HASHTABLE, {
          PSVersion: `5.1.${seed.profile.os.build}.${seed.profile.os.revision}`,
          PSEdition: 'Desktop',
          CLRVersion: '4.0.30319.42000',
        })
      case 'erroractionpreference':
        return 'Continue'
      case 'lastexitcode':
        return 0
      default:
        return null
    }
  }
}
