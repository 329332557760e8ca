/** The script and the style of the page. */
export interface PageAssets {
  script: string
  style: string
}

/** What the build made of src/report/page (tools/report-page.mjs); tests have it made in the same way. */
declare const __CBC_REPORT_PAGE__: PageAssets

export function pageAssets(): PageAssets {
  return __CBC_REPORT_PAGE__
}
