/** The numbers of SFTP version 3 (draft-ietf-secsh-filexfer-02). */

export const VERSION = 3

/** The longest packet in either direction, bytes, without its length: that of OpenSSH, which clients reckon with. */
export const MAX_PACKET_BYTES = 256 * 1024
/** The most bytes that one READ or WRITE carries, so that a packet holds them with everything around them. */
export const MAX_DATA_BYTES = MAX_PACKET_BYTES - 1024

/** Section 3, "General Packet Format". */
export const PACKET = {
  INIT: 1,
  VERSION: 2,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED: 200,
  EXTENDED_REPLY: 201,
} as const

/** Section 7, "Responses from the Server to the Client". The two codes for a lost connection are the client's own. */
export const STATUS = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  OP_UNSUPPORTED: 8,
} as const

/** Extensions of OpenSSH: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL, 4. */
export const EXTENSION = {
  /** How large packets may be here, and how many handles there are. */
  LIMITS: 'limits@openssh.com',
  /** Gives what was written to a file its place, and says whether that worked: sshfs ignores what closing a file comes to. */
  FSYNC: 'fsync@openssh.com',
} as const

export type Status = (typeof STATUS)[keyof typeof STATUS]

/** Section 6.3, "Opening, Creating, and Closing Files". */
export const OPEN = { READ: 0x01, WRITE: 0x02, APPEND: 0x04, CREATE: 0x08, TRUNCATE: 0x10, EXCLUSIVE: 0x20 } as const

/** The kind of a file in its permissions, as POSIX has it. */
export const KIND = { DIRECTORY: 0o040000, FILE: 0o100000, LINK: 0o120000 } as const
