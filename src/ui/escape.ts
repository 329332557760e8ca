/**
 * Text from an endpoint or the service is hostile: this is the one place that makes it harmless to look at. Escaped are C0 and C1 controls, DEL, what turns
 * the direction of text or hides, line and paragraph separators, and halves of surrogate pairs.
 */
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0)
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** One line of text that can be shown anywhere: `\x1b`, `\u202e`. */
export function escapeLine(text: string): string {
  return text.replace(DANGEROUS, escapeCharacter)
}

/** Several lines: line ends and tabs stay, all else is escaped. */
export function escapeText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(DANGEROUS, character => (character === '\n' || character === '\t' ? character : escapeCharacter(character)))
}

/** JSON that can be shown on a terminal: the same document, its dangerous characters as `\uXXXX`. */
export function escapeJson(json: string): string {
  return json.replace(DANGEROUS, character => (character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`))
}
