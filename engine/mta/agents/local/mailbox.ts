/**
 * A letter to a local user ends here: in the mailbox, with a command, or with another transport.
 *
 * local(8), "MAILBOX DELIVERY": the order of precedence is Postfix's.
 */
import { quoteAddress } from '#protocol/message/address-list.ts'
import { commandFailure } from '../command.ts'
import { bounced, delivered, failed } from '../results.ts'
import { maildirRefusal, mayWrite } from '../permission.ts'
import { reportFailure } from './owner.ts'
import { censored, substituted, valuesOf } from './macros.ts'
import { firstTime, report, warn, withDeliveryHeader, type LocalRun, type Place } from './delivery.ts'

/** False when there is no such user. */
export async function deliverMailbox(run: LocalRun, place: Place): Promise<boolean> {
  const { settings, input } = run
  const transport =
    (await input.lookup(settings.mailboxTransportMaps, place.user)) ?? settings.mailboxTransport
  if (transport !== '') {
    await passTo(run, place, transport)
    return true
  }
  const { account } = place
  if (!account) return false
  if (!firstTime(run, 'mailbox', place.local)) return true

  const command = (await input.lookup(settings.mailboxCommandMaps, place.user)) ?? settings.mailboxCommand
  if (command !== '') await deliverCommand(run, place, command)
  else if (settings.homeMailbox !== '') {
    await deliverTo(run, place, `${account.home}/${settings.homeMailbox}`)
  } else {
    const spool = settings.mailSpoolDirectory
    const form = spool.endsWith('/') ? '/' : ''
    await deliverTo(run, place, `${spool.replace(/\/$/, '')}/${account.name}${form}`)
  }
  return true
}

/** A name that ends in `/` is a Maildir, any other a mbox. */
async function deliverTo(run: LocalRun, place: Place, path: string): Promise<void> {
  const { input, settings, request } = run
  const letter = {
    path,
    content: withDeliveryHeader(run, place, fileHeader(settings)),
    user: place.account?.name ?? place.user,
    queueId: request.queueFile.queueId,
  }
  if (path.endsWith('/')) {
    if (place.account && !(await mayWrite(input.machine, place.account, path))) {
      const { uid, gid } = place.account
      const text = maildirRefusal(input.machine, path)
      warn(run, `maildir access problem for UID/GID=${uid}/${gid}: ${text}`)
      warn(run, 'perhaps you need to create the maildirs in advance')
      report(run, bounced(place.recipient, '5.2.0', `maildir delivery failed: ${text}`, { relay: 'local' }))
      return
    }
    await input.mailboxes.deliverToMaildir(letter)
    report(run, delivered(place.recipient, 'delivered to maildir', { relay: 'local' }))
    return
  }
  if ((await input.machine.disk.stat(path.slice(0, path.lastIndexOf('/')) || '/')) === null) {
    const text = `cannot update mailbox ${path} for user ${letter.user}. unable to create lock file ${path}.lock: No such file or directory`
    report(run, bounced(place.recipient, '5.2.0', text, { relay: 'local' }))
    return
  }
  const end = await input.mailboxes.deliverToMbox({
    ...letter,
    sender: place.sender,
    sizeLimit: settings.mailboxSizeLimit,
  })
  if (end === 'full') {
    const text = `cannot update mailbox ${path} for user ${letter.user}. error writing message: File too large`
    report(
      run,
      bounced(place.recipient, '5.2.2', text, {
        relay: 'local',
        diagnostic: { type: 'x-unix', text: 'input/output error' },
      }),
    )
    return
  }
  report(run, delivered(place.recipient, 'delivered to mailbox', { relay: 'local' }))
}

/** prepend_delivered_header: `file` stands for mailboxes, too. */
const fileHeader = ({ prependDelivered }: LocalRun['settings']) =>
  prependDelivered.file ? 'with Delivered-To' : 'without Delivered-To'

/** `/file/name` of an alias or .forward. */
export async function deliverFile(run: LocalRun, place: Place, path: string): Promise<void> {
  if (!firstTime(run, 'file', path)) return
  const { input, settings, request } = run
  if (!allowed(run.settings.allowFiles, place)) {
    await reportFailure(
      run,
      place,
      bounced(place.recipient, '5.7.1', 'mail to file is restricted', { relay: 'local' }),
    )
    return
  }
  const letter = {
    path,
    content: withDeliveryHeader(run, place, fileHeader(settings)),
    user: place.user,
    queueId: request.queueFile.queueId,
  }
  // The device that keeps nothing.
  if (path === '/dev/null') {
    report(run, delivered(place.recipient, `delivered to file: ${path}`, { relay: 'local' }))
    return
  }
  if (!path.endsWith('/') && !(await input.machine.disk.stat(path.slice(0, path.lastIndexOf('/')) || '/'))) {
    const text = `cannot append message to file ${path}: cannot create file exclusively: No such file or directory`
    await reportFailure(run, place, bounced(place.recipient, '5.2.0', text, { relay: 'local' }))
    return
  }
  if (path.endsWith('/')) await input.mailboxes.deliverToMaildir(letter)
  else {
    const end = await input.mailboxes.deliverToMbox({
      ...letter,
      sender: place.sender,
      sizeLimit: settings.mailboxSizeLimit,
    })
    if (end === 'full') {
      const text = `cannot append message to file ${path}: error writing message: File too large`
      await reportFailure(run, place, bounced(place.recipient, '5.2.2', text, { relay: 'local' }))
      return
    }
  }
  report(
    run,
    delivered(place.recipient, path.endsWith('/') ? 'delivered to maildir' : `delivered to file: ${path}`, {
      relay: 'local',
    }),
  )
}

/** `|command` of an alias or .forward, and mailbox_command. */
export async function deliverCommand(run: LocalRun, place: Place, command: string): Promise<void> {
  if (place.by !== 'nothing' && !firstTime(run, 'command', place.recipient.address, command)) return
  if (place.by !== 'nothing' && !allowed(run.settings.allowCommands, place)) {
    await reportFailure(
      run,
      place,
      bounced(place.recipient, '5.7.1', 'mail to command is restricted', { relay: 'local' }),
    )
    return
  }
  const { input, settings } = run
  const content = withDeliveryHeader(
    run,
    place,
    settings.prependDelivered.command ? 'with Delivered-To' : 'without Delivered-To',
  )
  const end = await input.run(command, content, {
    environment: environmentOf(run, place),
    timeLimit: settings.commandTimeLimit,
    shell: settings.commandShell,
    ...commandPlace(run, place),
  })
  if (end.kind === 'no folder') {
    const { uid = 65_534, gid = 65_534 } = place.account ?? {}
    const where = `cannot change directory to "${end.path}" for uid=${uid} gid=${gid}: No such file or directory`
    input.machine.emit({ type: 'daemon.logged', daemon: 'local', level: 'fatal', text: where })
  }
  if (end.kind === 'exited' && end.exit === 0) {
    report(run, delivered(place.recipient, `delivered to command: ${command}`, { relay: 'local' }))
    return
  }
  const { status, text, diagnostic } = commandFailure('local', command, end)
  await reportFailure(
    run,
    place,
    failed(place.recipient, status, text, {
      relay: 'local',
      ...(diagnostic === null ? {} : { diagnostic: { type: 'x-unix', text: diagnostic } }),
    }),
  )
}

/** In whose name and where it runs: command_execution_directory. */
function commandPlace({ settings }: LocalRun, place: Place) {
  const { account } = place
  const folder = settings.executionDirectory
  const values = valuesOf({ settings }, place)
  return {
    ...(account === null || place.by === 'alias' || place.by === 'include' ? {} : { as: account }),
    ...(folder === '' ? {} : { folder: substituted(folder, values, settings.executionFilter) }),
  }
}

function allowed(places: LocalRun['settings']['allowFiles'], place: Place): boolean {
  return place.by !== 'nothing' && places[place.by]
}

/** local(8), "EXTERNAL COMMAND DELIVERY". A command of an alias runs for nobody in particular: it has no home. */
function environmentOf(run: LocalRun, place: Place): Readonly<Record<string, string>> {
  const { user, extension, domain, recipient, sender } = place
  const account = place.by === 'alias' || place.by === 'include' ? null : place.account
  const address = quoteAddress(recipient.address)
  const { origin } = run.request.queueFile
  const told = {
    ...(origin.kind === 'smtpd'
      ? {
          CLIENT_ADDRESS: origin.client.address,
          CLIENT_HELO: origin.helo,
          CLIENT_HOSTNAME: origin.client.name,
          CLIENT_PROTOCOL: origin.protocol,
          ...(origin.sasl === null
            ? {}
            : { SASL_METHOD: origin.sasl.method, SASL_USERNAME: origin.sasl.username }),
        }
      : {}),
    DOMAIN: domain,
    ...(extension === null ? {} : { EXTENSION: extension }),
    ...(account === null ? {} : { HOME: account.home, SHELL: '/bin/sh' }),
    LOCAL: address.slice(0, address.lastIndexOf('@')),
    LOGNAME: account?.name ?? user,
    ORIGINAL_RECIPIENT: quoteAddress(run.root.original),
    RECIPIENT: address,
    SENDER: quoteAddress(sender),
    USER: account?.name ?? user,
  }
  return {
    ...run.settings.exportedEnvironment,
    ...Object.fromEntries(
      Object.entries(told).map(([name, value]) => [name, censored(value, run.settings.commandFilter)]),
    ),
  }
}

/** `lmtp:unix:private/dovecot-lmtp`: the transport before the first colon, the rest its next hop. */
export async function passTo(run: LocalRun, place: Place, text: string): Promise<void> {
  const { input, request, settings } = run
  const colon = text.indexOf(':')
  const transport = colon < 0 ? text : text.slice(0, colon)
  const nexthop = colon < 0 ? '' : text.slice(colon + 1)
  input.machine.emit({
    type: 'daemon.logged',
    daemon: 'local',
    level: 'info',
    queueId: request.queueFile.queueId,
    text: `passing <${quoteAddress(place.recipient.address)}> to transport=${transport}`,
  })
  const results = await input.pass({
    ...request,
    queueFile: { ...request.queueFile, sender: place.sender },
    transport,
    nexthop: nexthop === '' ? settings.hostname : nexthop,
    recipients: [place.recipient],
  })
  run.results.push(...results.map((result) => ({ ...result, root: run.root })))
}
