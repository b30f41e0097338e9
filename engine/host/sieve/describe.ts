/** What a script decided, as sieve-test prints it. sieve-test(1). */
import type { Action } from '#protocol/sieve/actions.ts'
import { readMailto } from '#protocol/sieve/commands/mailto.ts'
import type { SieveResult } from '#protocol/sieve/interpreter.ts'
import { shownText } from '#protocol/sieve/shown-text.ts'

export function describeResult(result: SieveResult, folder: string): string {
  const actions = result.actions.map((action) => describe(action, folder)).join('')
  const kept = result.implicitKeep ? storeText(folder, result.flags, []) : '  (none)\n'
  return `\nPerformed actions:\n\n${actions === '' ? '  (none)\n' : actions}\nImplicit keep:\n\n${kept}\n`
}

function storeText(folder: string, flags: readonly string[], effects: readonly string[]): string {
  const system = flags.filter((flag) => flag.startsWith('\\')).map((flag) => flag.toLowerCase())
  const keywords = flags.filter((flag) => !flag.startsWith('\\'))
  const all = [
    ...(flags.length === 0 ? [] : [`add IMAP flags: ${[...system, ...keywords].join(' ')}`]),
    ...effects,
  ]
  return ` * store message in folder: ${shownText(folder, 128)}\n${all.map((effect) => `        + ${effect}\n`).join('')}`
}

function describe(action: Action, folder: string): string {
  switch (action.kind) {
    case 'store':
      return storeText(action.folder ?? folder, action.flags, [
        ...(action.create ? ['create mailbox if it does not exist'] : []),
        ...(action.copy ? ['preserve implicit keep'] : []),
      ])
    case 'redirect':
      return ` * redirect message to: <${action.address}>\n${action.copy ? '        + preserve implicit keep\n' : ''}`
    case 'discard':
      return ' * discard\n'
    case 'reject':
      return ` * reject message with reason: ${shownText(action.reason, 256)}\n`
    case 'vacation': {
      const lines = [
        ' * send vacation message:',
        `    => seconds : ${action.seconds}`,
        ...(action.subject === null ? [] : [`    => subject : ${shownText(action.subject, 256)}`]),
        ...(action.from === null ? [] : [`    => from    : ${action.from}`]),
        `    => handle  : ${shownText(action.handle, 256)}`,
      ]
      return `${lines.join('\n')}\n\nSTART MESSAGE\n${action.reason}\nEND MESSAGE\n`
    }
    case 'notify':
      return describeNotify(action)
    case 'track': {
      const handle = action.handle === '' ? '' : ` with handle: ${action.handle}`
      return ` * track ${action.last ? 'last ' : ''}duplicate${handle}\n`
    }
    default:
      return action satisfies never
  }
}

function describeNotify(action: Extract<Action, { kind: 'notify' }>): string {
  const reading = readMailto(action.uri.slice(action.uri.indexOf(':') + 1))
  const mailto = reading.ok ? reading.mailto : null
  const subject = action.message ?? mailto?.subject ?? null
  const lines = [
    " * send notification with method 'mailto:':",
    `    => importance   : ${action.importance}`,
    ...(subject === null ? [] : [`    => subject      : ${subject}`]),
    ...(action.from === null ? [] : [`    => from         : ${action.from}`]),
    '    => recipients   :',
    ...(mailto?.to ?? []).map((address) => `       + To: ${address}`),
    ...(mailto?.cc ?? []).map((address) => `       + Cc: ${address}`),
    ...(mailto === null || mailto.headers.length === 0 ? [] : ['    => headers      :']),
    ...(mailto?.headers ?? []).map(([name, value]) => `       + ${name}: ${value}`),
    ...(mailto?.body == null ? [] : ['    => body         : ', '--', mailto.body, '--']),
    '',
  ]
  return `${lines.join('\n')}\n`
}

/** `-t -`: what the script did on its way. */
export function describeTrace(script: string, result: SieveResult): string {
  const lines = result.steps.flatMap(({ line, what, result: outcome }) => {
    const number = String(line).padStart(4)
    const [name = ''] = /^[A-Za-z_]\w*/.exec(what) ?? []
    const tested = /^(true|false)\b/.exec(outcome)
    if (tested !== null) {
      const matched = tested[1] === 'true' ? 'matched' : 'not matched'
      return [`${number}: ${name} test`, `${number}:   finishing match with result: ${matched}`]
    }
    return [
      `${number}: ${name} ${isAction(name) ? 'action' : 'command'}`,
      `${number}:   ${shownText(outcome, 256)}`,
    ]
  })
  const body = lines.map((line) => `${line}\n`).join('')
  return `\n      ## Started executing script '${script}'\n${body}      ## Finished executing script '${script}'\n\n`
}

const isAction = (name: string): boolean =>
  ['keep', 'fileinto', 'redirect', 'discard', 'reject', 'vacation', 'notify'].includes(name.toLowerCase())
