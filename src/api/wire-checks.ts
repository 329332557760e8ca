import { answerError, BrokenAnswer, type Call } from './http-errors.ts'

/** One path segment. ':' is allowed there and printed so in the documents: `1234567:11412673`. */
export function part(text: string): string {
  // Half of a surrogate pair has no form in UTF-8.
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd')).replaceAll('%3A', ':')
}

/** An answer that is not what the document says. */
export function broken(call: Call, how: string): Error {
  return answerError(new BrokenAnswer(`the service's answer ${how}`), call, '')
}

/** The documented object. @throws CbcError network, or unknown_outcome after a change */
export function record(answer: unknown, call: Call): Record<string, unknown> {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw broken(call, 'is not the documented object')
  return answer as Record<string, unknown>
}

/** The documented list of objects, by itself or as a field of the documented object; nothing (204) is none. */
export function records(answer: unknown, call: Call, field?: string): Record<string, unknown>[] {
  if (answer === undefined || answer === null) return []
  const found = field === undefined ? answer : record(answer, call)[field]
  if (!Array.isArray(found)) throw broken(call, 'is not the documented list')
  return found.map(item => record(item, call))
}

/** Fields as the texts that they are documented to be; numbers from some servers. @throws CbcError network, or unknown_outcome after a change: one is neither */
export function texts(found: Record<string, unknown>, names: readonly string[], call: Call): Record<string, string> {
  return Object.fromEntries(names.filter(name => found[name] != null).map(name => {
    const value = found[name]
    if (typeof value !== 'string' && typeof value !== 'number') throw broken(call, `has a ${name} that is none`)
    return [name, String(value)]
  }))
}

/** A count that can be believed, or what is there. */
export function count(given: unknown, fallback: number): number {
  return typeof given === 'number' && Number.isSafeInteger(given) && given >= 0 ? given : fallback
}
