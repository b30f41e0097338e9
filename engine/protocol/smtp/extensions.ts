/**
 * The keywords of an EHLO reply: what a server can do beyond RFC 821. A client may use only what it was offered.
 *
 * RFC 5321 §2.2, §4.1.1.1; the IANA registry of SMTP service extensions.
 */
export type Extension = { readonly keyword: string; readonly arguments: readonly string[] }

export const extension = (keyword: string, ...args: readonly string[]): Extension => ({
  keyword,
  arguments: args,
})

export const writeExtension = ({ keyword, arguments: args }: Extension): string =>
  [keyword, ...args].join(' ')

/** The lines of an EHLO reply, the first being the server's name. `AUTH=PLAIN`, an old habit, counts as AUTH. */
export function readExtensions(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const extensions = new Map<string, readonly string[]>()
  for (const line of lines.slice(1)) {
    const [first = '', ...args] = line.trim().split(/[ \t]+/)
    const [keyword = '', inline] = first.toUpperCase().split('=', 2)
    if (keyword === '') continue
    const all = inline === undefined ? args : [inline, ...args]
    extensions.set(keyword, [...(extensions.get(keyword) ?? []), ...all.map((arg) => arg.toUpperCase())])
  }
  return extensions
}
