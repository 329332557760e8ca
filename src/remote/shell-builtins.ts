/** Commands that aren't programs: only the endpoint's own shell can run them. */
const CMD = new Set(
  'assoc break call cd chdir cls color copy date del dir echo erase for ftype if md mkdir mklink move path pause popd prompt pushd rd rem ren rename rmdir set start time title type ver verify vol'.split(
    ' ',
  ),
)
const SH = new Set('alias bg cd command eval export fg hash jobs read set source type ulimit umask unset wait'.split(' '))

/** Returns the shell builtin that a command line begins with; undefined when it begins with something else. */
export function builtinIn(words: readonly string[], windows: boolean): string | undefined {
  const name = /^[^\s./\\]*/.exec(words[0]?.trimStart() ?? '')?.[0].toLowerCase() ?? ''
  return (windows ? CMD : SH).has(name) ? name : undefined
}
