import { followDocument } from '../support/document.ts'

followDocument('docs/tutorial.md')
