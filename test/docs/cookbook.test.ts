import { followDocument } from '../support/document.ts'

followDocument('docs/cookbook.md')
