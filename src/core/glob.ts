/** Whether a name fits a pattern of `*` and `?`. */
export function glob(pattern: string, ignoreCase: boolean): (name: string) => boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*').replace(/\?/g, '.')
  const fits = new RegExp(`^${source}$`, ignoreCase ? 'isu' : 'su')
  return name => fits.test(name)
}
