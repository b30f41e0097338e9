/**
 * Thunderbird without a screen, and somebody who uses it: words of its own language are run in its chrome, over
 * Marionette. https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'

export type Thunderbird = {
  /** Runs the body of an async function there; `args` are its arguments. Resolves with what it returns, as JSON. */
  run<T>(body: string, ...args: readonly unknown[]): Promise<T>
  /** Waits for a warning that it shows, reads it, and sends it away. */
  warning(): Promise<string>
  quit(): Promise<void>
}

/** Nothing of it speaks to anybody but this machine, and no question waits for an answer. */
const preferences = {
  'marionette.port': 0,
  'network.dns.forceResolve': '127.0.0.1',
  'network.proxy.no_proxies_on': '',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'extensions.update.enabled': false,
  'app.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'mailnews.start_page.enabled': false,
  'mail.provider.suppress_dialog_on_startup': true,
  // Letters are read from the server, not from a file of its own that begins with marks of its own.
  'mail.server.default.offline_download': false,
  'mail.server.default.autosync_offline_stores': false,
  'mail.shell.checkDefaultClient': false,
  'mail.spotlight.firstRunDone': true,
}

/** What every script may use. */
const helpers = `
const { MailServices } = ChromeUtils.importESModule('resource:///modules/MailServices.sys.mjs')
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const until = async (look) => {
  for (let round = 0; round < 250; round++) {
    const found = await look()
    if (found) return found
    await pause(100)
  }
  const windows = [...Services.wm.getEnumerator(null)].map(({ document }) =>
    document.title + ' ' + (document.getElementById('infoBody')?.textContent ?? ''))
  throw new Error('waited in vain: ' + look + '; windows: ' + windows.join(', '))
}
const ended = (begin) => new Promise((resolve) => begin({
  QueryInterface: ChromeUtils.generateQI(['nsIUrlListener']),
  OnStartRunningUrl() {},
  OnStopRunningUrl(url, status) { resolve(status) },
}))
const account = () => MailServices.accounts.defaultAccount
const root = () => account().incomingServer.rootFolder
const folder = (name) => root().descendants.find((one) => one.name.toLowerCase() === name.toLowerCase())
const refresh = (name) => ended((listener) =>
  folder(name).QueryInterface(Ci.nsIMsgImapMailFolder).updateFolderWithListener(null, listener))
const message = (name, subject) =>
  [...folder(name).messages].find((header) => header.mime2DecodedSubject === subject)
const textOf = (name, header) => new Promise((resolve) => {
  const uri = folder(name).getUriForMsg(header)
  let text = ''
  const listener = {
    QueryInterface: ChromeUtils.generateQI(['nsIStreamListener', 'nsIRequestObserver']),
    onStartRequest() {},
    onStopRequest() { resolve(text) },
    onDataAvailable(request, stream, offset, count) {
      const reader = Cc['@mozilla.org/binaryinputstream;1'].createInstance(Ci.nsIBinaryInputStream)
      reader.setInputStream(stream)
      text += reader.readBytes(count)
    },
  }
  MailServices.messageServiceFromURI(uri).streamMessage(uri, listener, null, null, false, '', false)
})
`

export async function startThunderbird(home: string): Promise<Thunderbird> {
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  )
  writeFileSync(join(home, 'user.js'), lines.join(''))
  const child = spawn(
    'thunderbird',
    ['--headless', '--no-remote', '--profile', home, '--marionette', '--remote-allow-system-access'],
    { env: { PATH: process.env.PATH ?? '', HOME: home, LANG: 'C.UTF-8', TZ: 'UTC' }, stdio: 'ignore' },
  )
  const gone = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const session = await openSession(await portOf(join(home, 'MarionetteActivePort')))
  await session.ask('WebDriver:NewSession', {
    capabilities: { alwaysMatch: { acceptInsecureCerts: false, unhandledPromptBehavior: 'ignore' } },
  })
  await session.ask('WebDriver:SetTimeouts', { script: 60_000 })
  await session.ask('Marionette:SetContext', { value: 'chrome' })
  return {
    async run<T>(body: string, ...args: readonly unknown[]): Promise<T> {
      const script = `
        const [given, done] = [[...arguments].slice(0, -1), arguments[arguments.length - 1]]
        const story = async (...args) => { ${helpers} ${body} }
        story(...given).then((value) => done({ value }), (error) => done({ error: String(error) }))`
      const { value } = (await session.ask('WebDriver:ExecuteAsyncScript', {
        ...{ script, args, sandbox: 'system', newSandbox: true },
      })) as { value: { value: T; error?: string } }
      if (value.error !== undefined) throw new Error(value.error)
      return value.value
    },
    async warning() {
      for (let round = 0; ; round++) {
        try {
          const { value } = (await session.ask('WebDriver:GetAlertText', {})) as { value: string }
          await session.ask('WebDriver:DismissAlert', {})
          return value
        } catch (error) {
          if (round === 300) throw error
          await pause(100)
        }
      }
    },
    async quit() {
      session.close()
      child.kill('SIGKILL')
      await gone
    },
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function portOf(file: string): Promise<number> {
  for (let round = 0; round < 600; round++) {
    const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
    if (port > 0) return port
    await pause(100)
  }
  throw new Error('Thunderbird did not open its Marionette port')
}

type Answer = { readonly error: { readonly message: string } | null; readonly value: unknown }

/** Each message is its length, a colon, and JSON: `[0, id, command, parameters]`, answered by `[1, id, error, value]`. */
async function openSession(port: number) {
  const socket: Socket = connect(port, '127.0.0.1')
  const waiting = new Map<number, (answer: Answer) => void>()
  let unread = Buffer.alloc(0)
  let asked = 0
  const greeted = new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('data', (bytes) => {
      unread = Buffer.concat([unread, bytes])
      for (let text = take(); text !== null; text = take()) {
        const told = JSON.parse(text) as unknown
        if (!Array.isArray(told)) resolve()
        else waiting.get(Number(told[1]))?.({ error: told[2] as Answer['error'], value: told[3] as unknown })
      }
    })
  })
  function take(): string | null {
    const colon = unread.indexOf(':')
    if (colon < 0) return null
    const end = colon + 1 + Number(unread.toString('latin1', 0, colon))
    if (unread.length < end) return null
    const text = unread.toString('utf8', colon + 1, end)
    unread = unread.subarray(end)
    return text
  }
  await greeted
  return {
    async ask(command: string, parameters: object): Promise<unknown> {
      const id = ++asked
      const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve))
      const text = JSON.stringify([0, id, command, parameters])
      socket.write(`${Buffer.byteLength(text)}:${text}`)
      const { error, value } = await answered
      waiting.delete(id)
      if (error !== null) throw new Error(error.message)
      return value
    },
    close: () => socket.destroy(),
  }
}
