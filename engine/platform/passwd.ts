/** /etc/passwd: the users of a system, a line each. passwd(5). */

export type PasswdEntry = {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  /** The GECOS field up to its first comma: the person's full name, often empty. */
  readonly fullName: string
}

/** Lines that are not of seven fields with numbers where they belong are passed over, as getpwnam does. */
export function parsePasswd(text: string): readonly PasswdEntry[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , uid = '', gid = '', gecos = '', home = '', shell] = line.split(':')
    if (name === '' || name.startsWith('#') || shell === undefined) return []
    if (!/^\d{1,10}$/.test(uid) || !/^\d{1,10}$/.test(gid)) return []
    return [{ name, uid: Number(uid), gid: Number(gid), home, fullName: gecos.split(',')[0] ?? '' }]
  })
}
