import { Chalk } from 'chalk'

/** What colours mean here. */
export interface Theme {
  heading(text: string): string
  dim(text: string): string
  good(text: string): string
  warn(text: string): string
  bad(text: string): string
  device(text: string): string
  path(text: string): string
}

/** @param color false gives plain text */
export function theme(color: boolean): Theme {
  const chalk = new Chalk({ level: color ? 1 : 0 })
  return {
    heading: text => chalk.bold(text),
    dim: text => chalk.dim(text),
    good: text => chalk.green(text),
    warn: text => chalk.yellow(text),
    bad: text => chalk.red(text),
    device: text => chalk.bold.cyan(text),
    path: text => chalk.blue(text),
  }
}
