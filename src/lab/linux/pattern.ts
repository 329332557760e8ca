/**
 * Whether a name matches a pattern in which `*` stands for any characters and `?` for one. It is case-sensitive, as on Linux; `*` also
 * matches names that start with a dot, as the service's patterns do. The time is at most the product of the lengths.
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
      // Let the last star take one more letter, and try the rest again.
      p = star + 1
      n = ++resume
    } else {
      return false
    }
  }
  return wanted.slice(p).every(letter => letter === '*')
}
