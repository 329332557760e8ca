import type { ShellLanguage } from '../core/quote.ts'

const LANGUAGES: Readonly<Record<string, ShellLanguage>> = {
  sh: 'posix',
  bash: 'posix',
  dash: 'posix',
  ash: 'posix',
  ksh: 'posix',
  mksh: 'posix',
  zsh: 'posix',
  csh: 'posix',
  tcsh: 'posix',
  busybox: 'posix',
  fish: 'fish',
  cmd: 'cmd',
}

/** Returns the language of the shell that runs lines. @param shell its program; undefined: the system's default shell */
export function languageOf(shell: string | undefined, platform: NodeJS.Platform): ShellLanguage {
  if (shell === undefined || shell === '') return platform === 'win32' ? 'cmd' : 'posix'
  const name =
    shell
      .split(/[\\/]/)
      .pop()
      ?.toLowerCase()
      .replace(/\.exe$/, '') ?? ''
  return Object.hasOwn(LANGUAGES, name) ? (LANGUAGES[name] ?? 'other') : 'other'
}
