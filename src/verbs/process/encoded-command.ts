/** PowerShell's `-EncodedCommand`, in any abbreviation and with any dash that PowerShell accepts, followed by the Base64. */
const ENCODED =
  /(?:^|[\s"'])[-/\u2013\u2014\u2015](?:ec|e(?:n(?:c(?:o(?:d(?:e(?:d(?:c(?:o(?:m(?:m(?:a(?:n(?:d)?)?)?)?)?)?)?)?)?)?)?)?)?)[\s:]+["']?([A-Za-z0-9+/]{8,}={0,2})/gi

/** Characters that no script contains. */
const NO_TEXT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ufffe\uffff]|\p{Cs}|\p{Cn}/u

/**
 * Decodes the script that a command line passes to PowerShell as Base64 of UTF-16. The program's name is not checked, since a renamed copy of
 * PowerShell works the same.
 * @returns undefined if there is none, or if it does not decode to text
 */
export function encodedCommand(commandLine: string): string | undefined {
  for (const [, base64 = ''] of commandLine.matchAll(ENCODED)) {
    const bytes = Buffer.from(base64, 'base64')
    // A truncated command line can end with half a character.
    const text = bytes.toString('utf16le', 0, bytes.length - (bytes.length % 2))
    if (text !== '' && !NO_TEXT.test(text) && isScript(text)) return text
  }
  return undefined
}

/** Whether a text consists mostly of the characters that scripts use. Anything but Base64 of UTF-16 decodes to random rare characters. */
function isScript(text: string): boolean {
  return (text.match(/[\t\r\n -~]/g)?.length ?? 0) >= text.length / 2
}
