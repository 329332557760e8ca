import type { Policy } from '../../api/policies.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import type { OrganizationContext } from '../define-organization.ts'

type Needs = Pick<OrganizationContext, 'policies' | 'signal'>

/** A policy that the user named. Its name is empty if it can't be looked up. */
export type PolicyRef = Pick<Policy, 'id' | 'name' | 'num_devices'>

/**
 * Resolves ids and names to policies, in the order given, each listed once.
 * @throws CbcError not_found; usage: several policies have the name; auth: a name was given, but the key may not read policies
 */
export async function policiesOf(typed: readonly string[], { policies, signal }: Needs): Promise<PolicyRef[]> {
  const known = await policies.summary({ signal }).catch((error: unknown) => {
    // With ids alone the names are not needed.
    if (error instanceof CbcError && error.code === 'auth' && error.facts.http_status === 403 && typed.every(isNumber)) return undefined
    throw error
  })
  const found = typed.map(text => (known === undefined ? { id: Number(text), name: '' } : policyOf(text, known)))
  return [...new Map(found.map(policy => [policy.id, policy])).values()]
}

/** Finds a policy by its id, or by its name in any case. @throws CbcError not_found, usage */
function policyOf(typed: string, known: readonly Policy[]): Policy {
  const wanted = typed.trim().toLowerCase()
  const byId = known.find(({ id }) => String(id) === wanted)
  if (byId !== undefined) return byId
  const exact = known.filter(({ name }) => name === typed)
  const [only, ...others] = exact.length === 1 ? exact : known.filter(({ name }) => name.trim().toLowerCase() === wanted)
  if (only !== undefined && others.length === 0) return only
  if (only !== undefined)
    throw usage(`"${typed}" matches ${others.length + 1} policies: ${[only, ...others].map(policyInWords).join(', ')}`, 'give the id')
  const near = nearest(
    typed,
    known.map(({ name }) => name),
  ).map(name => `"${name}"`)
  throw new CbcError('not_found', `${typed}: no such policy`, {
    hint:
      near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : `the policies are ${known
            .map(({ name }) => `"${name}"`)
            .slice(0, 10)
            .join(', ')}`,
  })
}

/** `Standard (6997287)`. */
export function policyInWords({ id, name }: PolicyRef): string {
  return name === '' ? `policy ${id}` : `${name} (${id})`
}

/** Whether a text is an id: digits only. */
export function isNumber(text: string): boolean {
  return /^\d+$/.test(text)
}

/** Returns the names of policies by their ids. If they can't be read, the map is empty and a notice says why. */
export async function policyNames({ policies, signal, notice }: OrganizationContext): Promise<Map<string, string>> {
  try {
    return new Map((await policies.summary({ signal })).map(({ id, name }) => [String(id), name]))
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    notice(`the names of policies can't be shown: ${error.message}`)
    return new Map()
  }
}
