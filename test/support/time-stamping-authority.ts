import { execFile, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEachFile } from './after-file.ts'
import { testFolder } from './folder.ts'

const SETTINGS = `
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:true
[stamping]
basicConstraints = CA:false
extendedKeyUsage = critical,timeStamping
[other]
basicConstraints = CA:false
extendedKeyUsage = critical,codeSigning
[tsa]
default_tsa = tsa_settings
[tsa_settings]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
`

/** A time-stamping authority: openssl behind a server on this machine. */
export interface Authority {
  url: string
  /** The certificate that people who trust it have. */
  ca: string
  requests: { type: string | undefined; body: Buffer }[]
}

export const opensslIsHere = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** Runs openssl. @returns what it prints @throws Error with what it says is wrong */
export async function openssl(folder: string, ...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('openssl', words, { cwd: folder })
  return stdout
}

/** @param algorithm words of `openssl genpkey` that say what kind of key it signs with */
export async function startAuthority(algorithm: readonly string[]): Promise<Authority> {
  const folder = testFolder()
  const run = async (...words: string[]) => await openssl(folder, ...words)
  writeFileSync(join(folder, 'settings'), SETTINGS)
  writeFileSync(join(folder, 'serial'), '0F\n')
  await run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'ca.key')
  await run('genpkey', ...algorithm, '-out', 'tsa.key')
  const settings = ['-config', 'settings']
  await run(
    'req',
    '-x509',
    '-new',
    '-key',
    'ca.key',
    '-subj',
    '/CN=Test CA',
    '-days',
    '30',
    ...settings,
    '-extensions',
    'ca',
    '-out',
    'ca.pem',
  )
  await run('req', '-new', '-key', 'tsa.key', '-subj', '/O=Test/CN=Test TSA', ...settings, '-out', 'tsa.csr')
  const issue = [
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-set_serial',
    '4096',
    '-days',
    '30',
    '-extfile',
    'settings',
  ]
  await run(...issue, '-extensions', 'stamping', '-out', 'tsa.pem')
  const requests: Authority['requests'] = []
  const server = createServer((incoming, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      requests.push({ type: incoming.headers['content-type'], body: Buffer.concat(chunks) })
      writeFileSync(join(folder, 'query'), Buffer.concat(chunks))
      const signer = ['-signer', 'tsa.pem', '-inkey', 'tsa.key']
      await run('ts', '-reply', ...settings, '-section', 'tsa_settings', '-queryfile', 'query', ...signer, '-out', 'reply')
      const { readFileSync } = await import('node:fs')
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(readFileSync(join(folder, 'reply')))
    })().catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  afterEachFile(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`, ca: join(folder, 'ca.pem'), requests }
}
