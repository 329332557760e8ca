import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { usage } from '../../core/errors.ts'
import { isLoopback, listenAddress } from '../../core/listen-address.ts'
import { any, flag, required, value } from '../../verbs/define.ts'

/** `cbc lr sftp <device>`. The server itself is loaded when it is run. */
export const sftp = defineProgramVerb({
  summary: 'serve the files of an endpoint to SFTP clients',
  details:
    'It speaks SFTP (version 3) on standard input and output, as clients expect of the program that they start in place of ssh. Without --write it only reads. With --listen it does so over SSH, for a user named cbc. ' +
    'C:\\Users is /C/Users, and / lists the drives. A file is fetched when a client reads it, and kept until the client leaves. docs/sftp.md has a line for each client.',
  examples: [
    { line: 'sftp -D "cbc lr sftp WIN-FIN-01"', does: "OpenSSH's sftp on the endpoint's files" },
    {
      line: 'cbc lr sftp WIN-FIN-01 --listen 127.0.0.1:2222 --authorized-key ~/.ssh/id_ed25519.pub',
      does: 'for clients that need a host and a port, until Ctrl-C',
    },
    { line: 'lftp -e \'set sftp:connect-program "cbc lr sftp WIN-FIN-01"; open sftp://WIN-FIN-01\'', does: 'the same with lftp' },
  ],
  example: line => line,
  fields: [],
  arguments: {
    device: required('device', 'id, name, or pattern that fits one'),
    ssh: any('text', 'HOST sftp, with -s, as clients add it for ssh: not used'),
  },
  options: {
    write: flag('--write', 'let clients put files, create directories and delete'),
    listen: value('--listen <address>', 'serve SFTP over SSH at a port of this machine, for clients that need a host: 127.0.0.1:2222', {
      parse: parseListen,
    }),
    authorizedKey: value('--authorized-key <file>', 'with --listen: the public key that is let in; default: a one-time password', {
      kind: 'local-path',
    }),
    keepSession: flag('--keep-session', 'leave the session open'),
    subsystem: flag('-s', 'as clients add it for ssh: not used'),
    user: value('-l <user>', 'as clients add it for ssh: not used'),
    port: value('-p <port>', 'as clients add it for ssh: not used'),
  },
  interactive: 'serves one client until that leaves, or, with --listen, several until Ctrl-C',
  run: async (input, context) => (await import('./serve.ts')).serveSftp(input, context),
})

/** @throws CbcError usage */
function parseListen(text: string): { host: string; port: number } {
  const address = listenAddress(text)
  if (address === undefined) throw usage(`--listen: "${text}" is not an address`, 'write 127.0.0.1:2222, or 127.0.0.1:0 for any free port')
  if (!isLoopback(address.host))
    throw usage(
      `--listen: ${address.host} is reached from other machines, which an endpoint is never served to`,
      'listen at 127.0.0.1, and reach it from elsewhere through ssh -L',
    )
  return { ...address, host: address.host.toLowerCase() === 'localhost' ? '127.0.0.1' : address.host }
}
