/** Splits a recorded command line, in which quotes were lost: `{ … }` stays together, as does what follows -q. */
export function shellWords(line: string): readonly string[] {
  const query = /^(.* -q )(.*) (\S+:.*|\{.*)$/.exec(line)
  if (query) {
    const before = (query[1] ?? '').trim().split(' ')
    const rest = `${query[2] ?? ''} ${query[3] ?? ''}`
    const table =
      /(?:^| )((?:hash|texthash|static|inline|cidr|regexp|pcre|unionmap|pipemap|nosuchtype):.*)$/.exec(rest)
    const argument = table?.[1] ?? ''
    return [...before, rest.slice(0, rest.length - argument.length).trim(), argument]
  }
  return line.split(' ')
}
