import { expect, it } from 'vitest'
import { theme, type Theme } from '../../src/ui/theme.ts'

const colors = theme(true)
const INKS = (Object.keys(colors) as (keyof Theme)[]).filter(name => !['heading', 'dim', 'skipped'].includes(name))

/** Relative luminance (WCAG 2) of a colour in the colour cube of the palette of 256. */
function luminance(number: number): number {
  const [red = 0, green = 0, blue = 0] = [Math.floor((number - 16) / 36), Math.floor((number - 16) / 6) % 6, (number - 16) % 6].map(
    step => {
      const value = (step === 0 ? 0 : 55 + step * 40) / 255
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    },
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

it.each(INKS)('the colour is readable on black and on white: %s', name => {
  const number = Number(/38;5;(\d+)m/.exec(colors[name]('x'))?.[1])
  expect(number).toBeGreaterThanOrEqual(16)
  expect((luminance(number) + 0.05) / 0.05).toBeGreaterThan(3)
  expect(1.05 / (luminance(number) + 0.05)).toBeGreaterThan(3)
})

it('without colours the theme is plain text', () => {
  for (const ink of Object.values(theme(false)) as ((text: string) => string)[]) expect(ink('x')).toBe('x')
})
