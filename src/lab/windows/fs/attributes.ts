/** File attributes, with the bits that Windows uses and the names in `directory list`; in the order of the bits. */
export const ATTRIBUTE = {
  READONLY: 0x1,
  HIDDEN: 0x2,
  SYSTEM: 0x4,
  DIRECTORY: 0x10,
  ARCHIVE: 0x20,
  NORMAL: 0x80,
  REPARSE_POINT: 0x400,
  NOT_CONTENT_INDEXED: 0x2000,
} as const

const NAMED = Object.entries(ATTRIBUTE)

/** Returns the names of the set attributes, such as `['HIDDEN', 'SYSTEM', 'DIRECTORY']`; a file with none has `NORMAL`. */
export function attributeNames(bits: number): string[] {
  const names = NAMED.filter(([, bit]) => bits & bit).map(([name]) => name)
  return names.length > 0 ? names : ['NORMAL']
}
