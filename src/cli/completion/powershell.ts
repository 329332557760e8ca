import type { Candidate, Dialect } from './dialect.ts'

const SCRIPT = `# PowerShell completion for cbc. Put this into the file that $PROFILE names:
#   cbc completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName cbc -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @()
    $typed = ''
    foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.StartOffset -ge $cursorPosition) { break }
        $text = $element.Extent.Text
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst] -or
            $element -is [System.Management.Automation.Language.ExpandableStringExpressionAst]) { $text = $element.Value }
        if ($element.Extent.EndOffset -ge $cursorPosition) { $typed = $text } else { $words += $text }
    }
    # Every version of PowerShell passes one word of base64 unchanged, and reads ASCII unchanged.
    $asked = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes((@($words) + $typed) -join [char]0))
    $program = Get-Command -Name cbc -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if (-not $program) { return }
    $answer = & $program __complete powershell $asked 2>$null | Out-String
    if (-not $answer) { return }
    $answer = ConvertFrom-Json $answer
    # Without a result PowerShell completes paths by itself; with an empty text it doesn't.
    if ($answer.files) { return }
    if (-not $answer.candidates) { return '' }
    foreach ($one in $answer.candidates) {
        [System.Management.Automation.CompletionResult]::new($one.text, $one.list, 'ParameterValue', $one.about)
    }
}
`

/** The question is one word: base64 of the words, separated by NUL. The answer is JSON in ASCII. */
export const dialect: Dialect = {
  script: SCRIPT,
  read([asked = '']) {
    const words = Buffer.from(asked, 'base64').toString().split('\0')
    return {
      line: { words: words.slice(0, -1), typed: words.at(-1) ?? '' },
      write: answer => `${ascii(JSON.stringify(answer === 'files' ? { files: true } : { candidates: answer.map(result) }))}\n`,
    }
  },
}

/** Returns a CompletionResult, none of whose texts may be empty. */
function result({ text, about }: Candidate): { text: string; list: string; about: string } {
  return { text: quote(text), list: text, about: about === undefined || about === '' ? text : about }
}

function ascii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Quotes a word for PowerShell: in single quotes, of which it recognizes five kinds. */
export function quote(text: string): string {
  return /^[\w./\\:+=-]+$/.test(text) ? text : `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`
}
