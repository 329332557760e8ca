/** The eighths of a full block, from none to seven. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const MAX_BAR_WIDTH = 40

/**
 * Draws numbers as bars; the largest takes all the room. A number above 0 always shows at least a thin bar.
 * @param room characters; with fewer than 4 the bars are empty
 */
export function bars(given: readonly number[], room: number): string[] {
  const numbers = given.map(number => (Number.isFinite(number) ? number : 0))
  const length = Math.min(room, MAX_BAR_WIDTH)
  const most = numbers.reduce((largest, number) => Math.max(largest, number), 0)
  if (length < 4) return numbers.map(() => '')
  return numbers.map(number => {
    if (!(number > 0)) return ''
    const eighths = Math.max(1, Math.round((number / most) * length * 8))
    return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')
  })
}
