/** Numbers, dates and tables as Windows's English programs print them. Times in epoch milliseconds; the endpoint's clock runs on UTC. */

/** Lines, each with its end. */
export function lines(...texts: string[]): string {
  return texts.map(text => `${text}\n`).join('')
}

/** `1,234,567`. */
export function grouped(value: number): string {
  return Math.trunc(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `10/25/2021`. */
export function usDate(ms: number): string {
  const [year, month, day] = new Date(ms).toISOString().slice(0, 10).split('-')
  return `${month}/${day}/${year}`
}

/** `12:31 PM`. */
export function usTime(ms: number, seconds = false): string {
  const date = new Date(ms)
  const hours = date.getUTCHours()
  const rest = date.toISOString().slice(14, seconds ? 19 : 16)
  return `${String(hours % 12 || 12).padStart(2, '0')}:${rest} ${hours < 12 ? 'AM' : 'PM'}`
}

/** Fills to `width`, cutting what is longer. */
export function fit(text: string, width: number): string {
  return text.slice(0, width).padEnd(width)
}
