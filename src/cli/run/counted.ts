/** `1 device`, `12 devices`. */
export function counted(count: number): string {
  return `${count} device${count === 1 ? '' : 's'}`
}
