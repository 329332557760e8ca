import type { Builtin } from './shell.ts'
import { copy } from './copy.ts'
import { dir } from './dir.ts'
import { assoc, call, cls, color, date, echo, exit, goto, pause, rem, set, shift, start, time, title, ver, vol } from './general.ts'
import { cd, del, md, move, popd, pushd, rd, ren, type } from './files.ts'

/** The built-in commands, by name in lower case. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({
    assoc,
    call,
    cd,
    chdir: cd,
    cls,
    color,
    copy,
    date,
    del,
    dir,
    echo,
    endlocal: rem,
    erase: del,
    exit,
    goto,
    md,
    mkdir: md,
    move,
    pause,
    popd,
    prompt: rem,
    pushd,
    rd,
    rem,
    ren,
    rename: ren,
    rmdir: rd,
    set,
    setlocal: rem,
    shift,
    start,
    time,
    title,
    type,
    ver,
    verify: rem,
    vol,
  }),
)
