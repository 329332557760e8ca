/** `-EncodedCommand` of PowerShell in each of its abbreviations, with each of the dashes that it takes, and the Base64 behind it. */
const ENCODED =
  /(?:^|[\s"'])[-/\u2013\u2014\u2015](?:ec|e(?:n(?:c(?:o(?:d(?:e(?:d(?:c(?:o(?:m(?:m(?:a(?:n(?:d)?)?)?)?)?)?)?)?)?)?)?)?)?)[\s:]+["']?([A-Za-z0-9+/]{8,}={0,2})/gi

/** What no script holds. */
const NO_TEXT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ufffe\uffff]|\p{Cs}|\p{Cn}/u

/**
 * The script that a command line hands to PowerShell as Base64 of UTF-16. The program may be called anything: a copy of PowerShell does the
 * same.
 * @returns undefined where there is none, or what is there is no text
 */
export function encodedCommand(commandLine: string): string | undefined {
  for (const [, base64 = ''] of commandLine.matchAll(ENCODED)) {
    const bytes = Buffer.from(base64, 'base64')
    // A command line that was cut off has half a character at its end.
    const text = bytes.toString('utf16le', 0, bytes.length - (bytes.length % 2))
    if (text !== '' && !NO_TEXT.test(text) && isScript(text)) return text
  }
  return undefined
}

/** Whether a text is mostly of the characters that scripts are written in: what is no Base64 of UTF-16 gives rare ones at random. */
function isScript(text: string): boolean {
  return (text.match(/[\t\r\n -~]/g)?.length ?? 0) >= text.length / 2
}
