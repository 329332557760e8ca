const DIGITS = ['456', '466', '476', '486', '496', '506', '516', '526', '536', '546']

/** The API keys in the Live Response document's examples, so that each example works as printed; nearly all of them use the first. */
export const DOCUMENT_TOKENS: readonly string[] = DIGITS.map(digits => `ABCDEFGHIJKLMNO123${digits}789/ABCD123${digits}`)
