/** Secrets do not enter the trace: of AUTH the mechanism may be seen, what proves the user may not. */
export const masked = '****'

export function maskAuth(line: string): string {
  const [verb = '', mechanism, ...secret] = line.trim().split(/\s+/)
  if (mechanism === undefined) return verb
  return secret.length === 0 ? `${verb} ${mechanism}` : `${verb} ${mechanism} ${masked}`
}

/** Any line, as it may be kept: of AUTH the mechanism, and that the server has to ask for the rest. */
export const withoutSecret = (line: string): string =>
  /^\s*auth(?:\s|$)/i.test(line) ? line.trim().split(/\s+/, 2).join(' ') : line

/** What a client should not have sent, as the log may show it: each control character in the manner of C. */
export const escaped = (text: string): string =>
  text.replace(
    /[^ -[\]-~]/g,
    (character) => `\\${letters[character] ?? character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )

const letters: Readonly<Record<string, string>> = {
  '\x07': 'a',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
  '\\': '\\',
}
