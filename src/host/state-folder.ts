import { accessSync, constants, mkdirSync } from 'node:fs'
import { asCbcError, CbcError } from '../core/errors.ts'

/**
 * Makes a folder in which the program keeps something, if it is not there yet.
 * @param what what is kept there, for the message
 * @throws CbcError io: it can't be made, or not written to; the hint says what moves the folder
 */
export function makeStateFolder(path: string, what: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    accessSync(path, constants.W_OK)
  } catch (error) {
    throw new CbcError('io', `${what} can't be kept in ${path}: ${asCbcError(error).message}`, {
      hint: "XDG_STATE_HOME names another folder for the program's state",
      cause: error,
    })
  }
}
