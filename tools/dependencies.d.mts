/** docs/dependencies.md, of the bundle in dist/. */
export function dependenciesPage(): string
