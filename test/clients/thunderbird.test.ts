// Thunderbird as bob uses it: it sets itself up, distrusts, trusts, reads, sends, flags, files away, and hears of new mail.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { visitsOf } from '#trace/door.ts'
import type { TraceEvent } from '#trace/events.ts'
import { fold } from '#trace/fold.ts'
import { letter, openOffice, patiently, withClient, type Office } from './office.ts'
import { startThunderbird, type Thunderbird } from './thunderbird.ts'

withClient('Thunderbird', { program: 'thunderbird', debian: 'thunderbird' }, () => {
  let office: Office
  let home: string
  let thunderbird: Thunderbird

  beforeAll(async () => {
    office = await openOffice()
    home = office.home()
    await office.deliver('bob@example.com', letter('Grüße', 'Ein Brief.\n.mit Punkt\nund ü'), letter('two'))
    thunderbird = await startThunderbird(home)
  }, 120_000)

  afterAll(async () => {
    await thunderbird.quit()
    await office.close()
  })

  const visits = async () => {
    const text = await (await fetch(`${office.url}/api/labs/${office.lab}/trace`)).text()
    const events = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as TraceEvent]))
    return visitsOf(fold(events))
  }

  test('finds its servers by autoconfig, and the door tells that it does not trust their certificate', async () => {
    const asked = `${office.url}/mail/config-v1.1.xml?emailaddress=bob%40example.com`
    const found = await thunderbird.run<string>(
      `const { readFromXML } = ChromeUtils.importESModule('resource:///modules/accountcreation/readFromXML.sys.mjs')
      const { AccountConfig } = ChromeUtils.importESModule('resource:///modules/accountcreation/AccountConfig.sys.mjs')
      const { CreateInBackend } = ChromeUtils.importESModule('resource:///modules/accountcreation/CreateInBackend.sys.mjs')
      const { JXON } = ChromeUtils.importESModule('resource:///modules/JXON.sys.mjs')
      const text = await (await fetch(args[0])).text()
      const config = readFromXML(JXON.build(new DOMParser().parseFromString(text, 'text/xml')), 'test')
      AccountConfig.replaceVariables(config, 'Bob', 'bob@example.com', 'builder')
      MailServices.accounts.defaultAccount = await CreateInBackend.createAccountInBackend(config)
      account().incomingServer.password = 'builder'
      MailServices.outgoingServer.servers[0].password = 'builder'
      account().incomingServer.performExpand(null)
      return config.incoming.type + ' ' + config.incoming.username + ' ' + config.incoming.port`,
      asked,
    )
    expect(found).toBe(`imap bob ${office.port('mail.example.com', 'imaps')}`)
    await expect
      .poll(async () => (await visits()).find(({ service }) => service === 'imaps')?.outcome.kind, patiently)
      .toMatch(/^(?:untrusted|left-at-tls)$/)
    expect(await thunderbird.warning()).toContain('does not come from a trusted source')
  })

  test('reads every letter once it trusts the root, to the last byte', async () => {
    const root = readFileSync(office.root, 'latin1').replace(/-----[^-]*-----|\s/g, '')
    const texts = await thunderbird.run<readonly string[]>(
      `Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB).addCertFromBase64(args[0], 'CTu,CTu,CTu')
      account().incomingServer.performExpand(null)
      await until(() => folder('INBOX'))
      await until(async () => { await refresh('INBOX'); return message('INBOX', 'two') })
      return Promise.all([...folder('INBOX').messages].map((header) => textOf('INBOX', header)))`,
      root,
    )
    const stored = office.maildir('bob').map(({ text }) => text.replace(/\n/g, '\r\n'))
    expect([...texts].sort()).toEqual([...stored].sort())
  })

  test('sends a letter with an attachment, and keeps a copy in Sent', async () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) % 256))
    writeFileSync(join(home, 'picture.bin'), bytes)
    const status = await thunderbird.run<number>(
      `root().createSubfolder('Sent', null)
      const identity = account().defaultIdentity
      identity.fccFolderURI = (await until(() => folder('Sent'))).URI
      const fields = Cc['@mozilla.org/messengercompose/composefields;1'].createInstance(Ci.nsIMsgCompFields)
      Object.assign(fields, { from: 'Bob <bob@example.com>', to: 'alice@example.com', subject: 'Ein Bild für Alice', body: 'Anbei.' })
      const attachment = Cc['@mozilla.org/messengercompose/attachment;1'].createInstance(Ci.nsIMsgAttachment)
      Object.assign(attachment, { url: 'file://' + args[0], name: 'picture.bin', contentType: 'application/octet-stream' })
      fields.addAttachment(attachment)
      const params = Cc['@mozilla.org/messengercompose/composeparams;1'].createInstance(Ci.nsIMsgComposeParams)
      Object.assign(params, { composeFields: fields, identity, format: Ci.nsIMsgCompFormat.PlainText, type: Ci.nsIMsgCompType.New })
      MailServices.compose.OpenComposeWindowWithParams(null, params)
      const window = await until(() => {
        const found = Services.wm.getMostRecentWindow('msgcompose')
        return found?.gMsgCompose && found.composeEditorReady && found
      })
      return new Promise((resolve) => {
        window.gMsgCompose.addMsgSendListener({
          QueryInterface: ChromeUtils.generateQI(['nsIMsgSendListener']),
          onStartSending() {}, onSendProgress() {}, onStatus() {}, onGetDraftFolderURI() {},
          onStopSending(id, status) { resolve(status) },
          onSendNotPerformed(id, status) { resolve(status) },
          onTransportSecurityError(id, status) { resolve(status) },
        })
        window.goDoCommand('cmd_sendNow')
      })`,
      join(home, 'picture.bin'),
    )
    expect(status).toBe(0)
    await expect.poll(() => office.maildir('alice'), patiently).toHaveLength(1)
    await expect.poll(() => office.maildir('bob', '.Sent'), patiently).toHaveLength(1)
    const bodyOf = (text: string) => text.slice(text.indexOf('\n\n'))
    const [sent, came] = [office.maildir('bob', '.Sent')[0], office.maildir('alice')[0]]
    expect(bodyOf(came?.text ?? '')).toBe(bodyOf(sent?.text ?? ' '))
    const encoded = /base64\n\n([A-Za-z0-9+/=\n]+?)\n--/.exec(came?.text ?? '')?.[1] ?? ''
    expect(Buffer.from(encoded, 'base64').equals(bytes)).toBe(true)
    const names = (await visits()).map(({ client }) => client?.name)
    expect(names).toContain('Mozilla Thunderbird')
  })

  test('its stars, tags and read marks stand in the names of the files', async () => {
    await thunderbird.run(
      `const header = message('INBOX', 'two')
      folder('INBOX').markMessagesRead([header], true)
      folder('INBOX').markMessagesFlagged([header], true)
      folder('INBOX').addKeywordsToMessages([header], '$label1')`,
    )
    const nameOfTwo = () =>
      office.maildir('bob').find(({ text }) => text.includes('Subject: two'))?.name ?? ''
    await expect.poll(() => /:2,FS[a-z]$/.test(nameOfTwo()), patiently).toBe(true)
  })

  test('what it deletes is in Trash, and gone from INBOX', async () => {
    await thunderbird.run(
      `folder('INBOX').deleteMessages([message('INBOX', 'two')], null, false, true, null, false)`,
    )
    await expect
      .poll(() => office.maildir('bob', '.Trash').map(({ text }) => text), patiently)
      .toEqual([expect.stringContaining('Subject: two')])
    await thunderbird.run(`await ended((listener) => folder('INBOX').compact(listener, null))`)
    expect(office.maildir('bob').filter(({ text }) => text.includes('Subject: two'))).toEqual([])
  })

  test('hears of a new letter by IDLE, without asking', async () => {
    const arrived = thunderbird.run<string>(
      `await until(() => message('INBOX', 'news'))
      return textOf('INBOX', message('INBOX', 'news'))`,
    )
    await office.deliver('bob@example.com', letter('news'))
    expect(await arrived).toContain('Subject: news\r\n')
  })
})
