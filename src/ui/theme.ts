import { Chalk } from 'chalk'

/** The colours, by meaning. */
export interface Theme {
  heading(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  odd(text: string): string
  skipped(text: string): string
  directory(text: string): string
  executable(text: string): string
  device(text: string): string
  path(text: string): string
  bar(text: string): string
}

/**
 * Colours from the fixed part of the 256-colour palette, halfway between black and white, so that they are readable on both. The first
 * sixteen colours look different in each terminal, and some are invisible on one of the two backgrounds.
 */
const [GREEN, RED, ORANGE, BLUE, TEAL] = [28, 160, 166, 32, 31]

/** Returns the theme. @param color false: plain text */
export function theme(color: boolean): Theme {
  const chalk = new Chalk({ level: color ? 2 : 0 })
  const ink = (number: number) => (text: string) => chalk.ansi256(number)(text)
  return {
    heading: text => chalk.bold(text),
    dim: text => chalk.dim(text),
    good: ink(GREEN),
    bad: ink(RED),
    odd: ink(ORANGE),
    skipped: text => chalk.dim(text),
    directory: ink(BLUE),
    executable: ink(GREEN),
    device: text => chalk.bold.ansi256(TEAL)(text),
    path: ink(BLUE),
    bar: ink(BLUE),
  }
}
