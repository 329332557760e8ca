/**
 * Whether a name fits a pattern in which `*` stands for any characters and `?` for one. Letter case counts, as on Linux; `*` also fits
 * names
 * that start with a dot, as the service's patterns do. The time is at most the product of the lengths, whatever the pattern.
 */
export function fitsPattern(pattern: string, name: string): boolean {
  const [wanted, letters] = [[...pattern], [...name]]
  let [p, n, star, resume] = [0, 0, -1, 0]
  while (n < letters.length) {
    if (wanted[p] === '*') {
      star = p++
      resume = n
    } else if (wanted[p] === '?' || wanted[p] === letters[n]) {
      p++
      n++
    } else if (star >= 0) {
      // The last star takes one letter more, and the rest is tried again.
      p = star + 1
      n = ++resume
    } else {
      return false
    }
  }
  return wanted.slice(p).every(letter => letter === '*')
}
