import { isRecord } from '../core/is-record.ts'
import { usage } from '../core/errors.ts'
import { BrokenAnswer } from './http-errors.ts'

/** The longest id, characters: documented ones have some 40. */
const MAX_ID_LENGTH = 256
/** The longest text of an answer that is repeated in a message, characters. */
const MAX_SHOWN_CHARS = 80

/**
 * Encodes one segment of a path. Every id goes through it, so that nothing that a server or a proxy could take for more than one segment is
 * ever sent.
 * @param what its name in the message: `the session's id`
 * @throws CbcError usage: it can't be a segment
 */
export function pathSegment(text: string, what = 'the id'): string {
  if (!isSegment(text))
    throw usage(
      `${what} can't be ${JSON.stringify(text.slice(0, MAX_SHOWN_CHARS))}`,
      'it is one part of a path: no slash, no ? or #, not . or ..',
    )
  // ':' is allowed there, and used in the documents: `1234567:11412673`.
  return encodeURIComponent(text).replaceAll('%3A', ':')
}

/** Encodes a number as a segment of a path. @throws CbcError usage: it is not an exact whole number */
export function numberSegment(number: number, what = 'the id'): string {
  if (!isWhole(number)) throw usage(`${what} can't be ${number}`)
  return String(number)
}

function isSegment(text: string): boolean {
  return text.length > 0 && text.length <= MAX_ID_LENGTH && !/^\.{1,2}$/.test(text) && !/[/\\?#%;\p{Cc}\p{Cs}]/u.test(text)
}

/** Whether a value is an exact whole number: beyond 2^53 several share the same form. */
export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/**
 * Makes the error for an answer that is not as documented, or does not belong to the question.
 * @param how what is wrong with it: `has no id`
 */
export function malformedAnswer(how: string): BrokenAnswer {
  return new BrokenAnswer(`the service's answer ${how}`)
}

/** Returns an answer that must be an object. @throws BrokenAnswer */
export function record(answer: unknown): Record<string, unknown> {
  if (!isRecord(answer)) throw malformedAnswer('is not the documented object')
  return answer
}

/** Returns the documented list of objects, the answer itself or a field of it; nothing (204) is an empty list. @throws BrokenAnswer */
export function records(answer: unknown, field?: string): Record<string, unknown>[] {
  if (answer === undefined || answer === null) return []
  const found = field === undefined ? answer : record(answer)[field]
  if (!Array.isArray(found)) throw malformedAnswer('is not the documented list')
  return found.map(record)
}

/** Reads an id for the next call: a text, or a number from some servers. @throws BrokenAnswer: there is none, or it is invalid */
export function idIn(found: Record<string, unknown>, field = 'id'): string {
  const value = found[field]
  const id = isWhole(value) ? String(value) : value
  if (typeof id !== 'string') throw malformedAnswer(`has no ${field}`)
  if (!isSegment(id)) throw malformedAnswer(`has an impossible ${field}: ${shown(id)}`)
  return id
}

/** Reads a whole number, which some servers send in digits. @throws BrokenAnswer */
export function numberIn(found: Record<string, unknown>, field = 'id'): number {
  const value = found[field]
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (!isWhole(number)) throw malformedAnswer(value == null ? `has no ${field}` : `has an impossible ${field}: ${shown(value)}`)
  return number
}

/**
 * Checks that an answer belongs to the question, and returns it.
 * @param asked the values that it must not contradict, by field
 * @throws BrokenAnswer
 */
export function checkSubject<T extends object>(answer: T, asked: Readonly<Record<string, string | number>>): T {
  for (const [field, value] of Object.entries(asked)) {
    const given = (answer as Record<string, unknown>)[field]
    if (given != null && String(given) !== String(value))
      throw malformedAnswer(`is about another ${field}: ${shown(given)}, not ${shown(value)}`)
  }
  return answer
}

/** Makes a reader for the answer to a deletion: nothing, or what was deleted. @throws BrokenAnswer: it is about something else */
export function deletionAnswer(asked: Readonly<Record<string, string | number>>): (answer: unknown) => void {
  return answer => {
    if (Array.isArray(answer)) throw malformedAnswer('is a list, which a deletion never returns')
    if (isRecord(answer)) checkSubject(answer, asked)
  }
}

function shown(value: unknown): string {
  return String(typeof value === 'object' ? JSON.stringify(value) : value).slice(0, MAX_SHOWN_CHARS)
}

/** Reads fields that are documented as texts; some servers send numbers. @throws BrokenAnswer: one is neither */
export function texts(found: Record<string, unknown>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names
      .filter(name => found[name] != null)
      .map(name => {
        const value = found[name]
        if (typeof value !== 'string' && typeof value !== 'number') throw malformedAnswer(`has a ${name} that is not a text`)
        return [name, String(value)]
      }),
  )
}

/** Returns a count where it is valid, or the fallback. */
export function count(given: unknown, fallback: number): number {
  return isWhole(given) ? given : fallback
}
