/** Flags as words in a text, each once, system flags first seen first. RFC 5232 §2. */
export const flagsIn = (text: string): readonly string[] =>
  text.split(/[ \t\r\n]+/).filter((word) => word !== '')

const systemFlags = ['\\answered', '\\flagged', '\\deleted', '\\seen', '\\draft']

export const isFlag = (flag: string): boolean =>
  flag.startsWith('\\')
    ? systemFlags.includes(flag.toLowerCase())
    : /^[^\x00-\x20(){%*"\\\]\x7f-\xff]+$/.test(flag)

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

export function addFlags(flags: readonly string[], more: readonly string[]): readonly string[] {
  const all = [...flags]
  for (const flag of more) if (isFlag(flag) && !all.some((known) => same(known, flag))) all.push(flag)
  return all
}

export const removeFlags = (flags: readonly string[], less: readonly string[]): readonly string[] =>
  flags.filter((flag) => !less.some((gone) => same(gone, flag)))
