import { build } from '../../tools/build.mjs'

/** Tests that spawn the program get it as it is now, also when vitest is run by itself. */
export default async function setup(): Promise<void> {
  await build()
}
