/**
 * A configuration profile for Apple Mail and iOS: one mail account, and the lab's root certificate so that its
 * servers are trusted. Apple, "Configuration Profile Reference": com.apple.mail.managed, com.apple.security.root.
 */
import { xml, type ClientServer } from './servers.ts'

export type Profile = {
  readonly address: string
  readonly user: string
  readonly fullName: string
  readonly servers: readonly ClientServer[]
  /** The root certificate, PEM. */
  readonly root: string
  /** Three UUIDs: of the profile, the account and the certificate. */
  readonly ids: readonly [string, string, string]
}

type Value =
  | string
  | number
  | boolean
  | { readonly data: string }
  | readonly Value[]
  | { readonly dict: Readonly<Record<string, Value>> }

/** Null when the host publishes no incoming or no submission server. */
export function mobileconfig(profile: Profile): string | null {
  const incoming = profile.servers.find((server) => server.protocol !== 'smtp')
  const outgoing = profile.servers.find((server) => server.protocol === 'smtp')
  if (incoming === undefined || outgoing === undefined) return null
  const identifier = `mailscope.${profile.address}`
  const account = dict({
    PayloadType: 'com.apple.mail.managed',
    PayloadVersion: 1,
    PayloadIdentifier: `${identifier}.account`,
    PayloadUUID: profile.ids[1],
    PayloadDisplayName: profile.address,
    EmailAccountType: incoming.protocol === 'imap' ? 'EmailTypeIMAP' : 'EmailTypePOP',
    EmailAccountDescription: `Mailscope: ${profile.address}`,
    EmailAccountName: profile.fullName,
    EmailAddress: profile.address,
    IncomingMailServerAuthentication: 'EmailAuthPassword',
    IncomingMailServerHostName: incoming.address,
    IncomingMailServerPortNumber: incoming.port,
    IncomingMailServerUseSSL: true,
    IncomingMailServerUsername: profile.user,
    OutgoingMailServerAuthentication: 'EmailAuthPassword',
    OutgoingMailServerHostName: outgoing.address,
    OutgoingMailServerPortNumber: outgoing.port,
    OutgoingMailServerUseSSL: true,
    OutgoingMailServerUsername: profile.user,
    OutgoingPasswordSameAsIncomingPassword: true,
  })
  const certificate = dict({
    PayloadType: 'com.apple.security.root',
    PayloadVersion: 1,
    PayloadIdentifier: `${identifier}.root`,
    PayloadUUID: profile.ids[2],
    PayloadDisplayName: 'Mailscope lab root certificate',
    PayloadContent: { data: profile.root.replace(/-----[^-]+-----|\s/g, '') },
  })
  const whole = dict({
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: identifier,
    PayloadUUID: profile.ids[0],
    PayloadDisplayName: `Mailscope: ${profile.address}`,
    PayloadContent: [account, certificate],
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    write(whole),
    '</plist>',
    '',
  ].join('\n')
}

const dict = (entries: Readonly<Record<string, Value>>): Value => ({ dict: entries })

function write(value: Value): string {
  if (typeof value === 'string') return `<string>${xml(value)}</string>`
  if (typeof value === 'number') return `<integer>${value}</integer>`
  if (typeof value === 'boolean') return value ? '<true/>' : '<false/>'
  if ('data' in value) return `<data>${value.data}</data>`
  if ('dict' in value) {
    return `<dict>${Object.entries(value.dict)
      .map(([key, inner]) => `<key>${key}</key>${write(inner)}`)
      .join('')}</dict>`
  }
  return `<array>${value.map(write).join('')}</array>`
}
