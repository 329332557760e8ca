type Plist = string | number | boolean | readonly Plist[] | { readonly [key: string]: Plist }

/** Returns a property list as XML. */
export function plist(value: Plist): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${element(value, '')}
</plist>
`
}

function element(value: Plist, indent: string): string {
  if (typeof value === 'boolean') return `${indent}<${value}/>`
  if (typeof value === 'number') return `${indent}<integer>${value}</integer>`
  if (typeof value === 'string') return `${indent}<string>${escaped(value)}</string>`
  const deeper = `${indent}\t`
  if (Array.isArray(value)) {
    const items = (value as readonly Plist[]).map(item => element(item, deeper))
    return [`${indent}<array>`, ...items, `${indent}</array>`].join('\n')
  }
  const pairs = Object.entries(value).map(([key, item]) => `${deeper}<key>${escaped(key)}</key>\n${element(item, deeper)}`)
  return [`${indent}<dict>`, ...pairs, `${indent}</dict>`].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
