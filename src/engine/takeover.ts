export { Takeover } from '../remote/takeover.ts'
