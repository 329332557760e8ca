import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { any, flag, required, value } from '../../verbs/define.ts'

/** `cbc lr sftp <device>`. The server itself is loaded when it is run. */
export const sftp = defineProgramVerb({
  summary: 'serve the files of an endpoint to SFTP clients',
  details:
    'It speaks SFTP (version 3) on standard input and output, as clients expect of the program that they start in place of ssh. Without --write it only reads. ' +
    'C:\\Users is /C/Users, and / lists the drives. A file is fetched when a client reads it, and kept until the client leaves. docs/sftp.md has a line for each client.',
  examples: [
    { line: 'sftp -D "cbc lr sftp WIN-FIN-01"', does: "OpenSSH's sftp on the endpoint's files" },
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
    keepSession: flag('--keep-session', 'leave the session open'),
    subsystem: flag('-s', 'as clients add it for ssh: not used'),
    user: value('-l <user>', 'as clients add it for ssh: not used'),
    port: value('-p <port>', 'as clients add it for ssh: not used'),
  },
  interactive: 'serves one client until that leaves',
  run: async (input, context) => (await import('./serve.ts')).serveSftp(input, context),
})
