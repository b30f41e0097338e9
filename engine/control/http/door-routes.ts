/** The door for real mail clients: what Thunderbird, Outlook and Apple Mail ask before they can log in. */
import { randomUUID } from 'node:crypto'
import { autoconfig } from '#control/door/autoconfig.ts'
import { autodiscover, requestedAddress, unknownAddress } from '#control/door/autodiscover.ts'
import { mobileconfig } from '#control/door/mobileconfig.ts'
import { clientServers, hostFor, type ClientServer } from '#control/door/servers.ts'
import type { LabHandle } from '#control/lab-handle.ts'
import type { Labs } from '#control/labs.ts'
import { tellDoor } from './door-told.ts'
import { badField, notFound } from './problem.ts'
import type { Answer, Call, Route } from './route.ts'

const xmlType = 'text/xml; charset=utf-8'

const autoconfigRoute = (path: string): Route => ({
  method: 'GET',
  path,
  summary: 'Mozilla autoconfig for `?emailaddress=`.',
  answers: { 200: 'clientConfig 1.1', 404: 'no host serves the address' },
  handle: answerAutoconfig,
})

export const doorRoutes: readonly Route[] = [
  autoconfigRoute('/.well-known/autoconfig/mail/config-v1.1.xml'),
  autoconfigRoute('/mail/config-v1.1.xml'),
  ...[
    '/autodiscover/autodiscover.xml',
    '/Autodiscover/Autodiscover.xml',
    '/AutoDiscover/AutoDiscover.xml',
  ].map((path): Route => ({
    method: 'POST',
    path,
    summary: 'Outlook autodiscover (POX).',
    answers: { 200: 'Autodiscover response' },
    async handle(call) {
      const address = requestedAddress((await call.bytes(65536)).toString('utf8'))
      const found = address === null ? null : serve(call.labs, address)
      if (found !== null) tellDoor(call, found.lab, 'autodiscover', address)
      return {
        type: xmlType,
        body:
          found === null
            ? unknownAddress()
            : autodiscover({ user: userOf(address ?? ''), servers: found.servers }),
      }
    },
  })),
  {
    method: 'GET',
    path: '/api/labs/:id/mobileconfig',
    summary: 'A configuration profile for Apple Mail and iOS, for `?emailaddress=`.',
    answers: { 200: 'a profile', 404: 'no host serves the address' },
    handle(call) {
      const address = call.url.searchParams.get('emailaddress') ?? ''
      const lab = call.lab()
      const found = serveIn(lab, address)
      const profile =
        found === null
          ? null
          : mobileconfig({
              address,
              user: userOf(address),
              fullName: userOf(address),
              servers: found.servers,
              root: lab.root,
              ids: [randomUUID(), randomUUID(), randomUUID()],
            })
      if (profile === null) throw notFound(`no published host of the lab serves ${address}`)
      tellDoor(call, lab, 'mobileconfig', address)
      return {
        type: 'application/x-apple-aspen-config',
        headers: { 'content-disposition': 'attachment; filename="mailscope.mobileconfig"' },
        body: profile,
      }
    },
  },
]

function answerAutoconfig(call: Call): Answer {
  const address = call.url.searchParams.get('emailaddress') ?? ''
  if (!/^[^@\s]{1,64}@[^@\s]{1,253}$/.test(address))
    throw badField('emailaddress', 'give ?emailaddress=NAME@DOMAIN')
  const found = serve(call.labs, address)
  if (found === null) throw notFound(`no published host serves ${address}`)
  tellDoor(call, found.lab, 'autoconfig', address)
  const domain = address.slice(address.indexOf('@') + 1)
  return {
    type: xmlType,
    body: autoconfig({ domain, name: `Mailscope: ${found.host}`, servers: found.servers }),
  }
}

type Found = {
  readonly lab: LabHandle
  readonly host: string
  readonly servers: readonly ClientServer[]
}

function serve(labs: Labs, address: string): Found | null {
  for (const lab of labs.all()) {
    const found = serveIn(lab, address)
    if (found !== null) return found
  }
  return null
}

function serveIn(lab: LabHandle, address: string): Found | null {
  const hosts = lab.definition.hosts.map(({ name, users }) => ({ name, users: Object.keys(users) }))
  const host = hostFor(address, hosts)
  const servers = host === null ? [] : clientServers(host, lab.published)
  return host === null || servers.length === 0 ? null : { lab, host, servers }
}

const userOf = (address: string) => address.slice(0, Math.max(0, address.indexOf('@')))
