/** Lines that make a real client talk to this lab, from its published ports. */
import type { HostDescription } from '#trace/events.ts'
import type { LabView } from '#trace/world.ts'

export type ClientLines = { readonly name: string; readonly lines: string }

export function linesFor(
  published: LabView['published'],
  hosts: readonly HostDescription[],
): readonly ClientLines[] {
  const port = (service: string) => published.find((known) => known.service === service)
  const submission = port('submission')
  const pop3 = port('pop3')
  const imap = port('imap')
  const host = hosts.find(({ name }) => name === (submission ?? pop3 ?? imap)?.host)
  const user = host?.users[0] ?? 'alice'
  const other = host?.users[1] ?? user
  const domain = host?.name.split('.').slice(-2).join('.') ?? 'example.com'
  const clients: ClientLines[] = []
  if (submission) {
    const at = `${submission.address}:${submission.port}`
    clients.push({
      name: 'swaks',
      lines: `swaks --server ${at} --tls --auth-user ${user} \\\n  --from ${user}@${domain} --to ${other}@${domain}`,
    })
    clients.push({
      name: 'curl',
      lines: `curl --ssl-reqd --insecure smtp://${at} --user ${user} \\\n  --mail-from ${user}@${domain} --mail-rcpt ${other}@${domain} -T letter.txt`,
    })
  }
  if (imap && submission) {
    clients.push({
      name: 'mutt',
      lines: `mutt -e 'set folder=imap://${user}@${imap.address}:${imap.port}' \\\n  -e 'set smtp_url=smtp://${user}@${submission.address}:${submission.port}' -f imap://${user}@${imap.address}:${imap.port}`,
    })
    clients.push({
      name: 'Thunderbird · Outlook · Foxmail',
      lines: [
        `${user}@${domain}`,
        `IMAP  ${imap.address}  ${imap.port}  STARTTLS  ${user}`,
        ...(pop3 ? [`POP3  ${pop3.address}  ${pop3.port}  STARTTLS  ${user}`] : []),
        `SMTP  ${submission.address}  ${submission.port}  STARTTLS  ${user}`,
      ].join('\n'),
    })
  }
  if (pop3)
    clients.push({ name: 'curl (POP3)', lines: `curl pop3://${pop3.address}:${pop3.port}/ --user ${other}` })
  return clients
}
