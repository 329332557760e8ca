/** Win32 error codes in plain words; an HRESULT wraps them as 0x8007xxxx. Codes whose name already says everything are left out. */
const WIN32: Readonly<Record<number, string>> = {
  2: 'no such file',
  3: 'no such directory',
  4: 'too many open files on the endpoint',
  5: 'access denied',
  6: 'the handle is not valid any more',
  8: 'the endpoint has no memory left',
  14: 'the endpoint has no memory left',
  15: 'no such drive',
  17: 'it is on another drive',
  19: 'write-protected',
  21: 'the drive is not ready',
  23: "the disk can't be read there: a CRC error",
  31: 'a device of the endpoint is not working',
  32: 'in use by another process',
  33: 'a part of it is locked by another process',
  38: 'beyond the end of the file',
  39: "the endpoint's disk is full",
  50: 'not supported on this endpoint',
  51: 'the remote computer is not available',
  53: 'the network path was not found',
  54: 'the network is busy',
  55: 'the network resource is gone',
  58: "the server can't do that",
  59: 'the network failed',
  64: 'the network connection was cut',
  65: 'access to the network denied',
  67: 'no such network share',
  80: 'file exists',
  82: "it can't be created",
  86: 'wrong password',
  87: 'invalid parameter',
  108: 'the drive is in use by another process',
  110: "it can't be opened",
  111: 'the name is too long',
  112: "the endpoint's disk is full",
  121: "the endpoint's device did not answer in time",
  122: 'the answer does not fit its buffer',
  123: 'the name is not a valid one',
  126: 'a DLL that it needs is missing',
  127: 'a DLL that it needs lacks a function',
  145: 'directory not empty',
  161: 'the path is not a valid one',
  170: 'busy',
  183: 'already exists',
  193: 'not a program that this Windows can run: a bad image',
  206: 'the name or path is too long',
  216: 'a program for another type of processor or version of Windows',
  223: 'the file is too large',
  225: "the endpoint's virus scanner found a virus or unwanted software in it, and blocks it",
  226: "the endpoint's virus scanner found a virus or unwanted software in it, and deleted it",
  258: 'it did not answer in time',
  267: 'not a directory',
  299: 'only a part could be read or written',
  303: 'it is being deleted',
  350: 'the endpoint has to restart before that works',
  362: 'a cloud file (OneDrive and the like) whose content is not on the endpoint: its sync program is not running',
  367: 'the endpoint does not let this process start others',
  371: 'the projected file system is busy',
  386: 'a cloud file (OneDrive and the like) whose content is not on the endpoint: its sync program is not signed in',
  388: 'a cloud file (OneDrive and the like) whose content is not on the endpoint: the network is not available',
  391: 'a cloud file (OneDrive and the like) that is in use by another process',
  395: 'a cloud file (OneDrive and the like): access denied',
  426: 'a cloud file (OneDrive and the like) whose content did not come in time',
  487: 'the address is not a valid one',
  577: "its signature can't be verified, and Windows refuses to run it",
  740: 'needs to be run with elevated rights',
  995: 'it was ended before it was done',
  998: 'no access to that place in memory',
  1006: 'the drive was changed meanwhile',
  1009: 'the registry is damaged',
  1011: "the registry key can't be opened",
  1016: 'the registry could not be read or written',
  1018: 'the registry key is being deleted',
  1020: 'the registry key has sub keys or values',
  1058: 'the service is disabled',
  1060: 'no such service',
  1062: 'the service is not running',
  1114: 'a DLL that it needs failed at its start',
  1117: 'the disk reported an error',
  1130: 'the server has no memory left',
  1157: 'a DLL that it needs is missing',
  1168: 'not found',
  1219: 'the endpoint is connected to that server as somebody else',
  1223: 'cancelled on the endpoint',
  1225: 'the connection was refused',
  1231: "the network can't be reached",
  1232: "the host can't be reached",
  1260: 'blocked by a policy of the endpoint (AppLocker, software restriction)',
  1314: 'the sensor lacks a privilege for that',
  1326: 'wrong user name or password',
  1331: 'the account is disabled',
  1392: 'the file or directory is damaged',
  1393: "the disk's structure is damaged",
  1450: 'the endpoint has no resources left',
  1453: 'the endpoint has no quota left',
  1455: 'the endpoint has no memory left: its page file is too small',
  1460: 'it did not answer in time',
  1816: 'the endpoint has no quota left',
  1920: "Windows itself can't open it (a reparse point, or an app of the Store)",
  1921: 'a link that leads in a circle or to nothing',
  4390: 'not a reparse point',
  4394: 'a reparse point of another kind',
  4551: "blocked by the endpoint's code integrity policy (WDAC, Smart App Control)",
  6000: "it can't be encrypted (EFS)",
  6001: "it can't be decrypted (EFS)",
  6002: 'encrypted for somebody else (EFS)',
}

/** NTSTATUS values in plain words: answers of some sensors, and exit codes of programs that crash. */
const NT: Readonly<Record<number, string>> = {
  0xc0000005: 'it crashed: an access violation',
  0xc0000008: 'the handle is not valid any more',
  0xc000000d: 'invalid parameter',
  0xc000000f: 'no such file',
  0xc0000017: 'the endpoint has no memory left',
  0xc000001d: 'it crashed: an instruction that this processor does not have',
  0xc0000022: 'access denied',
  0xc0000033: 'the name is not a valid one',
  0xc0000034: 'no such file or key',
  0xc0000035: 'already exists',
  0xc000003a: 'no such directory',
  0xc0000043: 'in use by another process',
  0xc0000054: 'a part of it is locked by another process',
  0xc0000056: 'it is being deleted',
  0xc0000061: 'the sensor lacks a privilege for that',
  0xc000006d: 'wrong user name or password',
  0xc0000072: 'the account is disabled',
  0xc000007b: 'a bad image: it, or a DLL that it needs, is damaged or for another kind of processor',
  0xc000007f: "the endpoint's disk is full",
  0xc0000094: 'it crashed: a division by zero',
  0xc000009a: 'the endpoint has no resources left',
  0xc00000a2: 'write-protected',
  0xc00000a3: 'the drive is not ready',
  0xc00000ba: 'is a directory',
  0xc00000bb: 'not supported on this endpoint',
  0xc00000be: 'the network path was not found',
  0xc00000c9: 'the network connection was cut',
  0xc00000cc: 'no such network share',
  0xc00000fd: 'it crashed: its stack overflowed',
  0xc0000101: 'directory not empty',
  0xc0000102: 'the file is damaged',
  0xc0000103: 'not a directory',
  0xc000010a: 'the process is ending',
  0xc0000120: 'cancelled on the endpoint',
  0xc0000121: "it can't be deleted",
  0xc000012d: 'the endpoint has no memory left: its page file is too small',
  0xc0000135: 'a DLL that it needs is missing',
  0xc0000138: 'a DLL that it needs lacks a function',
  0xc0000139: 'a DLL that it needs lacks a function',
  0xc000013a: 'ended by Ctrl-C, or with its console',
  0xc0000142: 'a DLL that it needs failed at its start',
  0xc0000185: 'the disk reported an error',
  0xc0000361: 'blocked by a policy of the endpoint (AppLocker, software restriction)',
  0xc0000364: 'blocked by a policy of the endpoint (AppLocker, software restriction)',
  0xc0000374: 'it crashed: its heap is damaged',
  0xc0000409: 'it crashed, or ended itself: a damaged stack, or a fatal error',
  0xc0000420: 'it crashed: an assertion failed',
  0xc0000428: "its signature can't be verified, and Windows refuses to run it",
  0xc0000603: 'its certificate was revoked, and Windows refuses to run it',
  0xc0000906: "the endpoint's virus scanner found a virus or unwanted software in it, and blocks it",
  0xc0000907: "the endpoint's virus scanner found a virus or unwanted software in it, and deleted it",
  0xc000cf18: 'a cloud file (OneDrive and the like): access denied',
  0xe0434352: 'it crashed: an unhandled .NET exception',
  0xe06d7363: 'it crashed: an unhandled C++ exception',
  0x40010004: 'ended by a debugger',
  0x80000003: 'it crashed: a breakpoint',
}

/** HRESULTs that wrap neither. */
const OTHERS: Readonly<Record<number, string>> = {
  0x80004001: 'not supported on this endpoint',
  0x80004004: 'it was ended before it was done',
  0x80040154: 'a component that it needs is not registered on the endpoint',
  0x80080005: 'the server program did not start',
  0x800b0100: 'not signed',
  0x800b0101: 'its certificate has expired',
  0x800b0109: 'signed by an authority that the endpoint does not trust',
  0x800b010c: 'its certificate was revoked',
  0x80096010: 'its signature does not match: it was changed',
}

/** Ranges of the other Win32 codes about cloud files, which share one text. */
const CLOUD_FILES: readonly (readonly [number, number])[] = [
  [358, 358],
  [362, 366],
  [374, 383],
  [386, 398],
  [404, 404],
  [426, 426],
  [434, 434],
  [475, 475],
]
const CLOUD_FILE = 'a cloud file (OneDrive and the like) whose content is not on the endpoint and is not available'

/** Returns the unsigned form of a result code, which servers send signed or unsigned. */
export function unsigned(code: number): number {
  return code >>> 0
}

/** Formats a result code: `0x80070005`. */
export function hex(code: number): string {
  return `0x${unsigned(code).toString(16).padStart(8, '0')}`
}

/** Returns the meaning of an HRESULT, or of an NTSTATUS, wrapped in one or bare; undefined when only the number is known. */
export function meaningOf(code: number): string | undefined {
  const whole = unsigned(code)
  if (whole >>> 16 === 0x8007) return win32(whole & 0xffff)
  // HRESULT_FROM_NT sets one bit more.
  return whole >>> 28 === 0xd ? nt(unsigned(whole & ~0x10000000)) : (OTHERS[whole] ?? nt(whole))
}

/** Returns what the exit code of a crashed program means: `a DLL that it needs is missing`; undefined for an ordinary exit code. */
export function crashOf(exitCode: number): string | undefined {
  return Object.hasOwn(NT, unsigned(exitCode)) ? NT[unsigned(exitCode)] : undefined
}

function win32(code: number): string | undefined {
  return WIN32[code] ?? (CLOUD_FILES.some(([from, to]) => code >= from && code <= to) ? CLOUD_FILE : undefined)
}

function nt(status: number): string | undefined {
  return NT[status] ?? (status >>> 8 === 0xc000cf ? CLOUD_FILE : undefined)
}
