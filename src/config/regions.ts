import type { CredentialKind } from './settings.ts'

/** An environment of Carbon Black Cloud, from the vendor's public lists of consoles. */
export interface Region {
  name: string
  url: string
  /** The usual kind of credentials there ("Authentication"). */
  usual: CredentialKind
}

export const REGIONS: readonly Region[] = [
  { name: 'Prod 01, US', url: 'https://dashboard.confer.net', usual: 'api-key' },
  { name: 'Prod 02, US', url: 'https://defense.conferdeploy.net', usual: 'api-key' },
  { name: 'Prod 05, US', url: 'https://defense-prod05.conferdeploy.net', usual: 'api-key' },
  { name: 'Prod 06, Europe', url: 'https://defense-eu.conferdeploy.net', usual: 'api-key' },
  { name: 'Prod NRT, Tokyo', url: 'https://defense-prodnrt.conferdeploy.net', usual: 'api-key' },
  { name: 'Prod SYD, Sydney', url: 'https://defense-prodsyd.conferdeploy.net', usual: 'api-key' },
  { name: 'UK', url: 'https://ew2.carbonblackcloud.vmware.com', usual: 'csp-api-token' },
  { name: 'AWS GovCloud (US)', url: 'https://gprd1usgw1.carbonblack-us-gov.vmware.com', usual: 'csp-api-token' },
]
