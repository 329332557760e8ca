import inquirer from 'inquirer'

/** Asks a yes-or-no question on the terminal; no is the default. */
export async function confirm(message: string, streams: { input: NodeJS.ReadableStream, output: NodeJS.WritableStream }, signal: AbortSignal): Promise<boolean> {
  const prompt = inquirer.createPromptModule({ input: streams.input, output: streams.output, signal })
  const { yes } = await prompt<{ yes: boolean }>([{ type: 'confirm', name: 'yes', message, default: false }])
  return yes
}
