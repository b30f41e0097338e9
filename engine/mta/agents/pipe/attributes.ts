/** What master.cf says of a pipe service: `flags=DRhu user=vmail argv=/usr/bin/…`. pipe(8), "COMMAND ATTRIBUTE SYNTAX". */
import type { Machine } from '#engine/machine.ts'
import { characterEscapes } from '../../content/text.ts'

export type PipeAttributes = {
  readonly flags: ReadonlySet<string>
  readonly argv: readonly string[]
  readonly directory: string | null
  /** A root of its own, in which a lab host keeps no programs. */
  readonly chroot: boolean
  readonly eol: string
  readonly nullSender: string
  readonly sizeLimit: number | null
}

/** A text when the daemon cannot run so: it says it and dies. */
export async function readAttributes(
  args: readonly string[],
  machine: Machine,
): Promise<PipeAttributes | string> {
  const values = new Map<string, string>()
  let argv: readonly string[] = []
  for (const [i, arg] of args.entries()) {
    const [, name, value = ''] = /^(\w+)=(.*)$/s.exec(arg) ?? []
    if (name === undefined || !known.has(name)) return `unknown attribute name: ${arg}`
    if (name === 'argv') {
      argv = [value, ...args.slice(i + 1)]
      break
    }
    values.set(name, value)
  }
  const flags = new Set(values.get('flags') ?? '')
  const bad = [...flags].find((flag) => !'BDFORXhqu.>'.includes(flag))
  if (bad !== undefined) return `unknown flag: ${bad} (ignored)`
  const user = values.get('user')
  if (user === undefined) return 'missing user= command-line attribute'
  if (argv.length === 0) return 'missing argv= command-line attribute'
  const [name = ''] = user.split(':')
  const account = await machine.user(name)
  if (account === null) return `get_service_attr: unknown username: ${name}`
  if (account.uid === 0) return 'user= command-line attribute specifies root privileges'
  const size = values.get('size')
  return {
    flags,
    argv,
    directory: values.get('directory') ?? null,
    chroot: (values.get('chroot') ?? '') !== '',
    eol: characterEscapes(values.get('eol') ?? '\\n'),
    nullSender: values.get('null_sender') ?? 'MAILER-DAEMON',
    sizeLimit: size === undefined ? null : Number(size),
  }
}

const known = new Set(['argv', 'chroot', 'directory', 'eol', 'flags', 'null_sender', 'size', 'user'])
