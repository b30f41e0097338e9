/**
 * Secrets that came to the wrong door: a password typed at a port that knows no such command, or once more when one is
 * logged in. What each protocol asks for it masks itself; this is for every other line that is kept or shown.
 */
const prover = /^(\s*(?:\S+\s+)?(?:(?:PASS|LOGIN)|(?:AUTH|AUTHENTICATE|APOP)\s+\S+)\s+)\S.*$/is

export const withoutSecrets = (line: string): string => line.replace(prover, '$1{secret}')
