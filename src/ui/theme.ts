import { Chalk } from 'chalk'

/** What colours mean here. */
export interface Theme {
  heading(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  odd(text: string): string
  directory(text: string): string
  executable(text: string): string
  device(text: string): string
  path(text: string): string
  bar(text: string): string
}

/**
 * Colours of the fixed part of the palette of 256, in the middle between black and white: they are readable on both, where the first
 * sixteen look different in
 * each terminal and some of them can't be seen on one of the two.
 */
const [GREEN, RED, ORANGE, BLUE, TEAL] = [28, 160, 166, 32, 31]

/** @param color false gives plain text */
export function theme(color: boolean): Theme {
  const chalk = new Chalk({ level: color ? 2 : 0 })
  const ink = (number: number) => (text: string) => chalk.ansi256(number)(text)
  return {
    heading: text => chalk.bold(text),
    dim: text => chalk.dim(text),
    good: ink(GREEN),
    bad: ink(RED),
    odd: ink(ORANGE),
    directory: ink(BLUE),
    executable: ink(GREEN),
    device: text => chalk.bold.ansi256(TEAL)(text),
    path: ink(BLUE),
    bar: ink(BLUE),
  }
}
