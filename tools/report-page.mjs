// The script and the style of the page that `cbc case report` writes, as text: src/report/page, bundled for browsers.
import { join } from 'node:path'
import { root } from './install.mjs'

/** Returns them as the value that stands for __CBC_REPORT_PAGE__ in src/report/page-assets.ts. */
export async function reportPage() {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { page: 'src/report/page/main.ts', style: 'src/report/page/page.css' },
    outdir: 'page',
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: ['es2022'],
    minify: true,
    // Text in the page is ASCII wherever its bytes are read as something else.
    charset: 'ascii',
    legalComments: 'none',
    write: false,
    logLevel: 'warning',
  })
  const textOf = ending => (outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '').trim()
  const script = textOf('.js')
  // Either would end the element that it stands in.
  if (/<\/script|<!--/i.test(script) || /<\/style/i.test(textOf('.css')))
    throw new Error("report page: its script or style can't stand in a page")
  return JSON.stringify({ script, style: textOf('.css') })
}
