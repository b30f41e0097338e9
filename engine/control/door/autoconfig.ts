/**
 * The file in which Thunderbird, Evolution and K-9 look up the servers of an address: `/mail/config-v1.1.xml` and
 * `/.well-known/autoconfig/mail/config-v1.1.xml`, with `?emailaddress=`. Mozilla's "Config file format", version 1.1.
 */
import { xml, type ClientServer } from './servers.ts'

const socketTypes = { STARTTLS: 'STARTTLS', SSL: 'SSL', plain: 'plain' } as const

export function autoconfig(input: {
  domain: string
  name: string
  servers: readonly ClientServer[]
}): string {
  const incoming = input.servers.filter((server) => server.protocol !== 'smtp')
  const outgoing = input.servers.filter((server) => server.protocol === 'smtp')
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<clientConfig version="1.1">',
    `  <emailProvider id="${xml(input.domain)}">`,
    `    <domain>${xml(input.domain)}</domain>`,
    `    <displayName>${xml(input.name)}</displayName>`,
    `    <displayShortName>${xml(input.name)}</displayShortName>`,
    ...incoming.flatMap((server) => entry('incomingServer', server)),
    ...outgoing.flatMap((server) => entry('outgoingServer', server)),
    '  </emailProvider>',
    '</clientConfig>',
    '',
  ].join('\n')
}

const entry = (element: string, server: ClientServer) => [
  `    <${element} type="${server.protocol}">`,
  `      <hostname>${xml(server.address)}</hostname>`,
  `      <port>${server.port}</port>`,
  `      <socketType>${socketTypes[server.security]}</socketType>`,
  '      <authentication>password-cleartext</authentication>',
  '      <username>%EMAILLOCALPART%</username>',
  `    </${element}>`,
]
