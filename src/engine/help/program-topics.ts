import { EXIT_CODES, type ErrorCode } from '../../core/errors.ts'
import type { Topic } from './topic.ts'

/** What each error code means. */
const FAILURES: Record<ErrorCode, string> = {
  internal: 'a defect of cbc',
  io: "a local file can't be read or written",
  usage: 'wrong arguments; nothing was sent',
  auth: 'not authorized, or no credentials',
  not_found: 'no such device, session, file, key, value, process, approval, run, artifact',
  remote: 'the endpoint answered with an error',
  timeout: 'the endpoint is offline, or the work was not finished in time',
  partial: 'several devices or items: some failed',
  refused: 'refused on this side: read-only, confirmation missing, a command that the endpoint does not support',
  network: "the service can't be reached, or failed",
  unknown_outcome: 'a change may or may not have happened',
  interrupted: 'Ctrl-C',
}

/** Topics about the whole program. */
export const PROGRAM_TOPICS: Readonly<Record<string, Topic>> = {
  'exit-codes': {
    summary: 'the exit codes, and error.code in JSON',
    parts: [
      [
        ['0', 'done'] as const,
        ...(Object.keys(FAILURES) as ErrorCode[]).map(code => [`${EXIT_CODES[code]} ${code}`, FAILURES[code]] as const),
      ],
      "`cbc lr exec` and `cbc lr script` without --json exit with the program's own code once it has run.",
      'With --json an error is {"error": {"code", "message", "hint", ...}} on stderr, with what else there was to tell in its notices.',
    ],
  },
  selectors: {
    summary: 'how a device is named',
    parts: [
      [
        ['11412673', 'a device id'],
        ['WIN-FIN-01', 'a name, in any case'],
        ["'CORP\\WIN-FIN-01'", 'a name with its domain, which may be left out'],
        ["'WIN-FIN-*', '*-0?'", 'a pattern on names: it must match the whole name, with or without the domain'],
        ['query:login_user_name:*moreau', 'what the service finds with this search, which extends to the end of the word'],
        ['A,B,C', 'several of these'],
        ['@hosts.txt, @-', 'a list in a file, or on stdin: one a line, # begins a comment'],
      ],
      'Quote patterns and backslashes, so that your own shell leaves them alone: see `cbc help quoting`. A selector without a match is an error (exit code 4), and so is a name that several devices have (2); that error lists them.',
      'An id is used as it is. Everything else is looked up, which needs the permission device READ. `cbc device list` shows the devices, and on a terminal `cbc lr connect` without one lets you choose.',
    ],
  },
  environment: {
    summary: 'the environment variables that cbc uses',
    parts: [
      [
        ['CBC_PROFILE', 'the profile to use, as --profile; lab is built in'],
        ['CBC_QUEUE', 'the queue server for runs on several machines, as --queue'],
        ['CBC_QUEUE_LOCK', 'after how long without a sign of life a worker loses a device: 60s; the same on all workers'],
        ['CBC_URL', 'the service; set CBC_ORG_KEY and CBC_TOKEN too, instead of a profile'],
        ['CBC_ORG_KEY', 'the organization: Settings > API Access in the console'],
        ['CBC_TOKEN', 'an API key: <API secret key>/<API ID>'],
        ['CBC_SSL_VERIFY', 'false: accept any certificate'],
        [
          'CBC_ARTIFACTS',
          'files and folders of artifact definitions, separated as in PATH, that `lr collect` and playbooks read besides those that ship',
        ],
        ['CBC_UPDATE_URL', 'the list of releases that `cbc update --check` reads'],
        ['CBC_CONFIG_DIR', "the directory of the program's own profiles; default: $XDG_CONFIG_HOME/cbc, else the system's usual place"],
        ['XDG_STATE_HOME', "the directory of history, ledger and the lab's state, in its folder cbc; default: the system's usual place"],
        [
          'HTTPS_PROXY, HTTP_PROXY',
          "a proxy, also ALL_PROXY; NO_PROXY names hosts that are reached without one. A profile's own proxy takes precedence",
        ],
        ['SSL_CERT_FILE', "certificates of the trusted authorities; NODE_EXTRA_CA_CERTS adds to the system's"],
        ['CBC_STORE', 'where a worker puts the files that devices send home, as its --store'],
        [
          'AWS_PROFILE, AWS_ACCESS_KEY_ID, …',
          'for --store s3://…: keys, region and endpoint, as the AWS CLI reads them, also from its files',
        ],
        ['NO_COLOR, FORCE_COLOR', 'no colours; colours even where the output is not a terminal'],
        ['PAGER', 'the pager of --pager; default: less'],
        ['SHELL', 'the shell that runs the local commands of ! and |'],
        ['CBC_DEBUG', '1: print the stack trace of a defect on stderr'],
      ],
      'Options take precedence over the environment, and the environment over profiles.',
    ],
  },
}
