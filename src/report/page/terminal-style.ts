/** A colour: one of the 256 of terminals, or red, green and blue; undefined: the terminal's own. */
export type Colour = number | readonly [red: number, green: number, blue: number] | undefined

/** How a character looks. */
export interface Style {
  readonly colour: Colour
  readonly background: Colour
  readonly bold: boolean
  readonly dim: boolean
  readonly italic: boolean
  readonly underline: boolean
  readonly inverse: boolean
  readonly strike: boolean
}

export const plain: Style = {
  colour: undefined,
  background: undefined,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
  strike: false,
}

const SWITCHES: Readonly<Record<number, Partial<Style>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { colour: undefined },
  49: { background: undefined },
}

/** Applies the numbers of a sequence that selects how characters look (ECMA-48, SGR). */
export function styled(style: Style, given: readonly number[]): Style {
  let made = style
  for (let index = 0; index < given.length; index += 1) {
    const code = given[index] ?? 0
    if (code === 0) made = plain
    else if (code === 38 || code === 48) {
      const { colour, length } = extended(given.slice(index + 1))
      index += length
      if (colour !== undefined) made = { ...made, [code === 38 ? 'colour' : 'background']: colour }
    } else made = { ...made, ...(SWITCHES[code] ?? basic(code)) }
  }
  return made
}

function basic(code: number): Partial<Style> {
  if (code >= 30 && code <= 37) return { colour: code - 30 }
  if (code >= 40 && code <= 47) return { background: code - 40 }
  if (code >= 90 && code <= 97) return { colour: code - 90 + 8 }
  if (code >= 100 && code <= 107) return { background: code - 100 + 8 }
  return {}
}

/** `5;N` is one of 256 colours, `2;R;G;B` any. */
function extended([kind, ...rest]: readonly number[]): { colour: Colour; length: number } {
  const [red = 0, green = 0, blue = 0] = rest.map(value => Math.min(value, 255))
  if (kind === 5) return { colour: red, length: 2 }
  if (kind === 2) return { colour: [red, green, blue], length: 4 }
  return { colour: undefined, length: 0 }
}

/** The colours 0 to 15, fit for a dark background. */
const NAMED =
  '#2e3440 #e06c75 #98c379 #e5c07b #61afef #c678dd #56b6c2 #d8dee9 #7f8796 #ff7b86 #b5e890 #ffd98a #82c4ff #e29bf5 #7fe0ea #ffffff'.split(
    ' ',
  )
/** The steps of the cube of colours 16 to 231. */
const STEPS = [0, 95, 135, 175, 215, 255]

/** Writes a colour for CSS. */
export function cssColour(colour: Exclude<Colour, undefined>): string {
  if (typeof colour !== 'number') return `rgb(${colour.join(' ')})`
  if (colour < 16) return NAMED[colour] ?? ''
  if (colour >= 232) return `rgb(${[0, 0, 0].map(() => 8 + (colour - 232) * 10).join(' ')})`
  const cube = colour - 16
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(step => STEPS[step]).join(' ')})`
}
