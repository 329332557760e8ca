import { pick } from './windows/seed/hash.ts'

/** The six bytes of a computer's network card, always the same for one name; 8C-04-BA is Dell's. */
export function macAddress(computer: string): string[] {
  return [
    '8C',
    '04',
    'BA',
    ...['a', 'b', 'c'].map(part =>
      pick(computer + part, 16, 256)
        .toString(16)
        .toUpperCase(),
    ),
  ]
}
