/**
 * Makes a test for names against a pattern of `*` and `?`. It takes time in proportion to the name, however many stars there are: names
 * come from endpoints.
 */
export function glob(pattern: string, ignoreCase: boolean): (name: string) => boolean {
  const flags = ignoreCase ? 'isu' : 'su'
  const [first = '', ...others] = pattern.split(/\*+/).map(part => part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('?', '.'))
  const last = others.pop()
  if (last === undefined) return wholeMatch(new RegExp(`^${first}$`, flags))
  const [head, tail] = [new RegExp(`^${first}`, flags), new RegExp(`${last}$`, flags)]
  const middle = others.map(part => new RegExp(part, `g${flags}`))
  return name => {
    const end = tail.exec(name)?.index ?? -1
    let at = head.exec(name)?.[0].length ?? Infinity
    // The earliest match of each middle part is the best: it leaves the most for those that follow.
    for (const part of middle) {
      if (at > end) return false
      part.lastIndex = at
      at = part.exec(name) === null ? Infinity : part.lastIndex
    }
    return at <= end
  }
}

function wholeMatch(whole: RegExp): (name: string) => boolean {
  return name => whole.test(name)
}
