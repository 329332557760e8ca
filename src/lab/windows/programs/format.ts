/**
 * Numbers, dates and tables in the formats of English Windows programs. Times are in epoch milliseconds; the endpoint's clock is in UTC.
 */

/** Joins lines, each with a line end. */
export function lines(...texts: string[]): string {
  return texts.map(text => `${text}\n`).join('')
}

/** Formats a number such as `1,234,567`. */
export function grouped(value: number): string {
  return Math.trunc(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Formats a date such as `10/25/2021`. */
export function usDate(ms: number): string {
  const [year, month, day] = new Date(ms).toISOString().slice(0, 10).split('-')
  return `${month}/${day}/${year}`
}

/** Formats a time such as `12:31 PM`. */
export function usTime(ms: number, seconds = false): string {
  const date = new Date(ms)
  const hours = date.getUTCHours()
  const rest = date.toISOString().slice(14, seconds ? 19 : 16)
  return `${String(hours % 12 || 12).padStart(2, '0')}:${rest} ${hours < 12 ? 'AM' : 'PM'}`
}

/** Pads a text to `width`, or cuts it. */
export function fit(text: string, width: number): string {
  return text.slice(0, width).padEnd(width)
}
