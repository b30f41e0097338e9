/** Why a POP3, IMAP or LMTP server of Dovecot said no: its sentences are its own, and each has one cause. */
import type { Cause } from '../cause.ts'
import type { TracedReply } from '../events.ts'
import type { Exchange } from '../world.ts'
import { formOf } from './form.ts'

/** What the command was about: the last word of it. */
type About = { readonly found: string; readonly last: string; readonly verb: string }

const set = (name: string, value: string) => (): Cause => ({ kind: 'setting', name, value })

const sentences: readonly (readonly [pattern: RegExp, cause: (about: About) => Cause])[] = [
  [/^Plaintext authentication dis(?:abled|allowed)/, set('disable_plaintext_auth', 'yes')],
  [/^Authentication not allowed until SSL\/TLS/, set('disable_plaintext_auth', 'yes')],
  [/^Unsupported authentication mechanism/, set('auth_mechanisms', '')],
  [/^APOP not enabled/, set('auth_mechanisms', 'apop')],
  [/^TLS support isn't enabled/, set('ssl', 'no')],
  [/^There's no message (\d+)/, ({ found }) => ({ kind: 'no-message', number: found })],
  [/^Message number too large: ?(\d*)/, ({ found }) => ({ kind: 'no-message', number: found })],
  [/^Message is deleted/, ({ last }) => ({ kind: 'message-deleted', number: last })],
  [/^Message (\d+) expunged/, ({ found }) => ({ kind: 'message-expunged', number: found })],
  [/^Mailbox doesn't exist: (.*)/, ({ found }) => ({ kind: 'no-folder', folder: found })],
  [/^Mailbox already exists/, ({ last }) => ({ kind: 'folder-exists', folder: last })],
  [/^Mailbox has children/, ({ last }) => ({ kind: 'folder-in-use', folder: last })],
  [/^Mailbox isn't selectable/, ({ last }) => ({ kind: 'folder-in-use', folder: last })],
  [/^Invalid mailbox name: (.*)/, ({ found }) => ({ kind: 'folder-name', why: found })],
  [/^(Client tried to access nonexistent namespace)/, ({ found }) => ({ kind: 'folder-name', why: found })],
  [/^(?:INBOX can't be deleted|Renaming INBOX isn't supported)/, () => ({ kind: 'inbox-stays' })],
  [/^No mailbox selected/, () => ({ kind: 'not-selected' })],
  [/^Unknown charset/, () => ({ kind: 'charset' })],
  [
    /^Error in IMAP command [A-Z ]+: (.*)/,
    ({ found, verb }) => ({ kind: 'imap-syntax', why: found, form: formOf('imapd', verb) ?? verb }),
  ],
  [/Too many (?:bad|invalid) commands/, () => ({ kind: 'too-many-bad-commands' })],
  [/^Input (?:line too long|buffer full)/, () => ({ kind: 'line-too-long' })],
]

export function ofDovecot({ lines }: TracedReply, { command }: Exchange): Cause | null {
  const text = (lines[0] ?? '').replace(/ \(\d+\.\d+ \+ \d+\.\d+.* secs\)\.?$/, '').replace(/\.$/, '')
  const last =
    command?.line
      .trim()
      .split(/[ \t]+/)
      .at(-1)
      ?.replaceAll('"', '') ?? ''
  for (const [pattern, cause] of sentences) {
    const found = pattern.exec(text)
    if (found) return cause({ found: found[1] ?? '', last, verb: command?.verb ?? '' })
  }
  return null
}
