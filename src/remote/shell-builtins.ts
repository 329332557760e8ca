/** Commands of cmd.exe that have no counterpart here. Like all of them they aren't programs: only cmd.exe itself can run them. */
export const CMD_ONLY =
  'assoc break call color copy date for ftype if mklink move path pause prompt rem ren rename start time title verify vol'.split(' ')
/** Those that name a command of ours, too, or that are explained otherwise. */
const CMD = new Set([...CMD_ONLY, ...'cd chdir cls del dir echo erase md mkdir popd pushd rd rmdir set type ver'.split(' ')])
const SH = new Set('alias bg cd command eval export fg hash jobs read set source type ulimit umask unset wait'.split(' '))

/** Returns the shell builtin that a command line begins with; undefined when it begins with something else. */
export function builtinIn(words: readonly string[], windows: boolean): string | undefined {
  const name = /^[^\s./\\]*/.exec(words[0]?.trimStart() ?? '')?.[0].toLowerCase() ?? ''
  return (windows ? CMD : SH).has(name) ? name : undefined
}
