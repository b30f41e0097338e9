/**
 * What Outlook asks by POST to `/autodiscover/autodiscover.xml`, and the answer it reads.
 * Microsoft, [MS-OXDSCLI]: Autodiscover Publishing and Lookup Protocol, the "POX" form.
 */
import { xml, type ClientServer } from './servers.ts'

const request = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006'
const outlook = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a'

/** The address in a request; null when it holds none. The text is untrusted: only one short element is read from it. */
export function requestedAddress(body: string): string | null {
  return /<EMailAddress>\s*([^<>\s]{1,254})\s*<\/EMailAddress>/i.exec(body.slice(0, 16384))?.[1] ?? null
}

export function autodiscover(input: { user: string; servers: readonly ClientServer[] }): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<Autodiscover xmlns="${request}">`,
    `  <Response xmlns="${outlook}">`,
    '    <Account>',
    '      <AccountType>email</AccountType>',
    '      <Action>settings</Action>',
    ...input.servers.flatMap((server) => protocol(server, input.user)),
    '    </Account>',
    '  </Response>',
    '</Autodiscover>',
    '',
  ].join('\n')
}

export const unknownAddress = (): string =>
  [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<Autodiscover xmlns="${request}">`,
    '  <Response>',
    '    <Error Time="00:00:00" Id="0">',
    '      <ErrorCode>500</ErrorCode>',
    '      <Message>No host of this lab serves that address</Message>',
    '      <DebugData />',
    '    </Error>',
    '  </Response>',
    '</Autodiscover>',
    '',
  ].join('\n')

const protocol = (server: ClientServer, user: string) => [
  '      <Protocol>',
  `        <Type>${server.protocol.toUpperCase()}</Type>`,
  `        <Server>${xml(server.address)}</Server>`,
  `        <Port>${server.port}</Port>`,
  `        <LoginName>${xml(user)}</LoginName>`,
  '        <DomainRequired>off</DomainRequired>',
  '        <SPA>off</SPA>',
  `        <SSL>${server.security === 'SSL' ? 'on' : 'off'}</SSL>`,
  `        <Encryption>${server.security === 'STARTTLS' ? 'TLS' : server.security === 'SSL' ? 'SSL' : 'None'}</Encryption>`,
  '        <AuthRequired>on</AuthRequired>',
  '      </Protocol>',
]
