/** sieve-test: runs a Sieve script over a letter, and prints what it would do. sieve-test(1). */
import type { CommandResult, HostCommand } from '#host/command.ts'
import { DiskError } from '#platform/disk.ts'
import { readAddresses } from '#protocol/message/addresses.ts'
import { runSieve } from '#protocol/sieve/interpreter.ts'
import { rawValues, readSieveMessage, type SieveMessage } from '#protocol/sieve/message.ts'
import type { SieveWorld } from '#protocol/sieve/run.ts'
import { optionProblem, readOptions } from './arguments.ts'
import { writeToDisk } from '../disk-errors.ts'
import { absolute } from '../paths.ts'
import { describeResult, describeTrace } from '../sieve/describe.ts'
import { compileFile, sieveSettings } from '../sieve/script-file.ts'
import { named } from '#protocol/named.ts'

const usage = `Usage: sieve-test [-a <orig-recipient-address] [-c <config-file>]
                  [-C] [-D] [-d <dump-filename>] [-e]
                  [-f <envelope-sender>] [-l <mail-location>]
                  [-m <default-mailbox>] [-P <plugin>]
                  [-r <recipient-address>] [-s <script-file>]
                  [-t <trace-file>] [-T <trace-option>] [-x <extensions>]
                  <script-file> <mail-file>
`

const fatal = (message: string, before = ''): CommandResult => ({
  stdout: '',
  stderr: `${before}sieve-test: Fatal: ${message}\n`,
  exit: 89,
})

export const sieveTest: HostCommand = {
  name: 'sieve-test',
  async run({ box, user, words, directory }) {
    const reading = readOptions(words.slice(1), 'a:c:CDd:ef:l:m:o:P:r:s:t:T:u:x:')
    if (reading.kind !== 'options') return fatal(usage.trimEnd(), optionProblem('sieve-test', reading))
    const given = new Map(reading.options.map(({ letter, value }) => [letter, value]))
    const [script, mail] = reading.rest
    if (script === undefined) return fatal(`Missing <script-file> argument\n${usage.trimEnd()}`)
    if (mail === undefined) return fatal(`Missing <mail-file> argument\n${usage.trimEnd()}`)
    const owner = given.get('u') ?? user
    const path = absolute(directory, script)
    const compiled = await compileFile(box, { path, user: owner, extensions: given.get('x') ?? null })
    const told = (compiled?.lines ?? ['error: script not found.']).map((line) => `${line}\n`).join('')
    if (compiled?.program == null) return fatal(`failed to compile sieve script '${script}'`, told)

    let content: Uint8Array
    try {
      content = await box.machine.disk.read(absolute(directory, mail))
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      const file = absolute(directory, mail)
      return fatal(`Can't open delivery mail as raw (file=${file}): Mailbox doesn't exist: ${file}`)
    }
    const message = readSieveMessage(content)
    const recipient = given.get('a') ?? addressIn(message, ['envelope-to', 'to'], 'recipient@example.com')
    const sender =
      given.get('f') ?? addressIn(message, ['return-path', 'sender', 'from'], 'sender@example.com')
    const settings = await sieveSettings(box.machine.disk)
    const world: SieveWorld = {
      message,
      envelope: { from: sender === '<>' ? '' : sender, to: recipient, auth: null },
      user: owner,
      recipientDelimiter: settings.text('recipient_delimiter'),
      now: box.machine.clock.now(),
      environment: (item) => environmentItem(box.machine.name, item),
      mailboxExists: async () => true,
      specialUseExists: async () => true,
      isDuplicate: async () => false,
    }
    const result = await runSieve(compiled.program, world)
    const trace = given.get('t')
    const traced = trace === undefined ? '' : describeTrace(compiled.program.name, result)
    if (trace !== undefined && trace !== '-') await writeToDisk({ box, directory }, trace, traced)
    const shownTrace = trace === '-' ? traced : ''
    const log = result.log
      .map(
        ({ severity, at, text }) =>
          `${at === null ? '' : `${at.script}: line ${at.line}: `}${severity}: ${text}.\n`,
      )
      .join('')
    const failed = result.outcome === 'failed'
    const outcome = failed ? 'failed; resolved with successful implicit keep' : 'success'
    const stdout = `${shownTrace}${failed ? '' : describeResult(result, given.get('m') ?? 'INBOX')}`
    return { stdout, stderr: `${told}${log}sieve-test: Info: final result: ${outcome}\n`, exit: 0 }
  },
}

/** The first address of the first of these fields. */
function addressIn(message: SieveMessage, fields: readonly string[], otherwise: string): string {
  for (const field of fields) {
    const [value] = rawValues(message.root.fields, field)
    const address = value === undefined ? undefined : readAddresses(value).find(({ host }) => host !== null)
    if (address?.mailbox != null && address.host !== null) return `${address.mailbox}@${address.host}`
  }
  return otherwise
}

function environmentItem(host: string, item: string): string | null {
  const items: Readonly<Record<string, string>> = named({
    name: 'Pigeonhole Sieve',
    version: '0.5.19',
    host,
    domain: host.includes('.') ? host.slice(host.indexOf('.') + 1) : host,
    location: 'MS',
    phase: 'post',
  })
  return items[item] ?? null
}
