/** The settings of a profile of the AWS CLI, by their names there, in lower case. */
export type AwsProfile = Record<string, string>

/**
 * Reads the sections of `~/.aws/credentials` or `~/.aws/config`: lines `key = value`, comments from `#` or `;` at the beginning of a line. Indented lines belong to
 * a group of settings, such as `s3 =`, of which none concerns us.
 */
export function readSections(text: string): Map<string, AwsProfile> {
  const sections = new Map<string, AwsProfile>()
  let section: AwsProfile = {}
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)|^\s/.test(line)) continue
    const name = /^\[([^\]]*)\]/.exec(line)?.[1]
    if (name !== undefined) {
      section = sections.get(name.trim()) ?? {}
      sections.set(name.trim(), section)
      continue
    }
    const at = line.indexOf('=')
    if (at > 0) section[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim()
  }
  return sections
}

/** The name of a profile's section in `~/.aws/config`: `profile x`, also in quotes; the default one has no `profile`. */
export function configSection(sections: Map<string, AwsProfile>, name: string): AwsProfile | undefined {
  const wanted = [`profile ${name}`, `profile "${name}"`, ...(name === 'default' ? ['default'] : [])]
  const [, found] = [...sections].find(([section]) => wanted.includes(section.replace(/\s+/g, ' '))) ?? []
  return found
}
