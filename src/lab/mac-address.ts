import { pick } from './windows/seed/hash.ts'

/** Returns the six bytes of a computer's MAC address, always the same for the same name; 8C-04-BA is Dell's prefix. */
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
