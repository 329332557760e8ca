import { expect, it } from 'vitest'
import { TARGETS } from '../../tools/package/targets.mjs'
import { filled, manifests } from '../../tools/package/templates.mjs'

const made = Object.fromEntries(
  Object.entries(TARGETS).map(([target, { ending }], at) => [target, { file: `cbc-1.2.3-${target}${ending}`, sha256: `${at}`.repeat(64) }]),
)
const URL = 'https://example.com/v1.2.3'

it('the manifest for Scoop has address and checksum of each executable for Windows', () => {
  const { architecture, ...rest } = JSON.parse(manifests('1.2.3', `${URL}/`, made)['cbc.json'] ?? '') as Record<string, unknown>
  expect(rest).toMatchObject({ version: '1.2.3', homepage: URL, bin: 'cbc.exe' })
  expect(architecture).toEqual({
    '64bit': { url: `${URL}/cbc-1.2.3-windows-x64.exe#/cbc.exe`, hash: made['windows-x64']?.sha256 },
    arm64: { url: `${URL}/cbc-1.2.3-windows-arm64.exe#/cbc.exe`, hash: made['windows-arm64']?.sha256 },
  })
})

it('the formula for Homebrew has address and checksum of each executable for Linux and macOS', () => {
  const formula = manifests('1.2.3', URL, made)['cbc-cli.rb'] ?? ''
  const sources = [...formula.matchAll(/url "(.*)"\n\s*sha256 "(.*)"/g)].map(([, url, sha256]) => ({ url, sha256 }))
  const wanted = ['macos-arm64', 'macos-x64', 'linux-arm64', 'linux-x64']
  expect(sources).toEqual(wanted.map(name => ({ url: `${URL}/${made[name]?.file}`, sha256: made[name]?.sha256 })))
  expect(formula).toContain('version "1.2.3"')
  expect(formula).not.toMatch(/@[A-Z]/)
})

it('the formula for Homebrew makes the download executable before it runs it, and has a name that no other formula has', () => {
  const formula = manifests('1.2.3', URL, made)['cbc-cli.rb'] ?? ''
  expect(formula).toMatch(/^class CbcCli < Formula\n[^]*^ {4}chmod 0755, bin\/"cbc"\n[^]*^ {4}generate_completions_from_executable/m)
  expect(formula).toContain('conflicts_with "cbc"')
})

it('a file of packaging/ with a word that nobody fills in is not written', () => {
  expect(() => filled('debian/control', { VERSION: '1.2.3' })).toThrow('packaging/debian/control needs ARCHITECTURE')
})
