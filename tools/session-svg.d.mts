/** Runs a session on the lab in a terminal, and returns what it looks like at its end as an SVG. */
export function sessionSvg(): Promise<string>
