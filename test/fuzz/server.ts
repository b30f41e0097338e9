/** A server in memory for a mad client: it forgets at once what it was told, so that only a leak makes it grow. */
import type { Duplex } from 'node:stream'
import { createLmtpd } from '#mda/lmtpd/lmtpd.ts'
import { createImapd } from '#mra/imapd/imapd.ts'
import { createPop3d } from '#mra/pop3d/pop3d.ts'
import { createSieved } from '#mra/sieved/sieved.ts'
import type { TraceFact } from '#trace/events.ts'
import { startHost } from '../mta/smtpd/host.ts'
import { caseSasl } from '../mta/smtpd/sasl.ts'
import type { MailboxCase } from '../truth/mailbox-case.ts'
import { openMailboxCase } from '../truth/mailbox-runner.ts'
import { seed } from '../truth/mailbox-seed.ts'
import type { SmtpCase } from '../truth/smtp-case.ts'
import type { Protocol } from './speech.ts'

export type Server = {
  dial(): Promise<Duplex>
  advance(milliseconds: number): Promise<void>
  /** Forgets what was told and stored; gives back what must never be told. */
  forget(): Promise<readonly TraceFact[]>
  close(): void
}

const faultsIn = (facts: TraceFact[]): readonly TraceFact[] => {
  const faults = facts.filter(({ type }) => type === 'engine.fault')
  facts.length = 0
  return faults
}

export const openServer = (protocol: Protocol): Promise<Server> =>
  protocol === 'smtp' ? smtpServer() : mailServer(protocol)

async function smtpServer(): Promise<Server> {
  const main_cf = [
    'mydestination = example.com',
    'smtpd_sasl_auth_enable = yes',
    'smtpd_error_sleep_time = 0',
    'smtpd_soft_error_limit = 100',
    'smtpd_hard_error_limit = 200',
    'smtpd_junk_command_limit = 1000',
    'smtpd_client_connection_count_limit = 0',
    'smtpd_authorized_xforward_hosts = 127.0.0.1',
  ]
  const accounts = { alice: 'wonderland' }
  const host = await startHost({
    users: ['alice'],
    mainCf: main_cf,
    sasl: (machine) =>
      caseSasl({ main_cf, accounts, hostname: 'mail.example.com' } as unknown as SmtpCase, machine),
  })
  return {
    dial: () => host.dial(),
    advance: (milliseconds) => host.clock.advance(milliseconds),
    async forget() {
      host.submitted.length = 0
      return faultsIn(host.facts)
    },
    close: () => host.close(),
  }
}

const letters = [
  'plain',
  'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nc\n--x--\n',
].map((body, i) => ({
  eml: `From: carol@example.org\nSubject: ${i}\n${i === 0 ? '\n' : ''}${body}\n`,
}))

async function mailServer(protocol: Exclude<Protocol, 'smtp'>): Promise<Server> {
  const recorded: MailboxCase = {
    id: 'fuzz',
    about: '',
    protocol: protocol === 'sieve' ? 'managesieve' : protocol,
    store: 'maildir',
    settings: [
      'disable_plaintext_auth = no',
      'auth_mechanisms = plain login cram-md5',
      'mail_max_userip_connections = 1000',
    ],
    accounts: { alice: 'wonderland' },
    mailbox: { INBOX: letters },
    dialogue: [],
    replies: [],
    outcome: {},
  }
  const open = await openMailboxCase(recorded, ({ machine, sasl, stores, settings }) => {
    const pop3d = createPop3d({ machine, sasl, stores, settings: settings('pop3') })
    const imapd = createImapd({ machine, sasl, stores, settings: settings('imap') })
    const lmtpd = createLmtpd({ machine, stores, settings: settings('lmtp') })
    const sieved = createSieved({
      machine,
      sasl,
      settings: settings('sieve'),
      home: async () => '/home/alice',
    })
    return {
      pop3: (connection, tls) => pop3d.accept(connection, { tls }),
      imap: (connection, tls) => imapd.accept(connection, { tls }),
      lmtp: (connection) => lmtpd.accept(connection),
      sieve: (connection) => sieved.accept(connection),
    }
  })
  const { machine, clock, dial, facts } = open
  return {
    dial: () => dial({ protocol, tls: false, from: '127.0.0.2' }),
    advance: (milliseconds) => clock.advance(milliseconds),
    async forget() {
      await machine.disk.apply([{ kind: 'remove', path: '/home/alice' }])
      await seed(machine.disk, recorded)
      return faultsIn(facts)
    },
    close: () => open.close(),
  }
}
