/**
 * Whether a name fits a pattern of `*` and `?`. Takes time in proportion to the name, however many stars there are: names come from
 * endpoints.
 */
export function glob(pattern: string, ignoreCase: boolean): (name: string) => boolean {
  const flags = ignoreCase ? 'isu' : 'su'
  const [first = '', ...others] = pattern.split(/\*+/).map(part => part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('?', '.'))
  const last = others.pop()
  if (last === undefined) return fitting(new RegExp(`^${first}$`, flags))
  const [head, tail] = [new RegExp(`^${first}`, flags), new RegExp(`${last}$`, flags)]
  const middle = others.map(part => new RegExp(part, `g${flags}`))
  return name => {
    const end = tail.exec(name)?.index ?? -1
    let at = head.exec(name)?.[0].length ?? Infinity
    // What stands between stars is best where it comes first: that leaves the most to what follows.
    for (const part of middle) {
      if (at > end) return false
      part.lastIndex = at
      at = part.exec(name) === null ? Infinity : part.lastIndex
    }
    return at <= end
  }
}

function fitting(whole: RegExp): (name: string) => boolean {
  return name => whole.test(name)
}
