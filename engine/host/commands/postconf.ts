/** postconf shows and changes the configuration of Postfix. postconf(1). */
import type { HostCommand } from '#host/command.ts'
import { changeMainCf, changeMasterCf } from '#host/postconf/change-files.ts'
import { readConfiguration } from '#host/postconf/configuration.ts'
import { readOptions } from '#host/postconf/options.ts'
import { createOutput, Fatal } from '#host/postconf/output.ts'
import { showParameters } from '#host/postconf/show-parameters.ts'
import { BounceFatal, showExpandedTemplates, showTemplates } from '#host/postconf/show-templates.ts'
import { showServices } from '#host/postconf/show-services.ts'

/** Lookup-table types, as Debian's postfix with postfix-pcre and postfix-sqlite answers -m. */
const mapTypes =
  'btree cidr environ fail hash inline internal memcache nis pcre pipemap proxy randmap regexp socketmap sqlite static tcp texthash unionmap unix'

const lists: Readonly<Record<string, string>> = {
  a: 'cyrus dovecot',
  A: 'cyrus',
  l: 'flock fcntl dotlock',
  m: mapTypes,
}

const tlsModes: Readonly<Record<string, readonly string[]>> = {
  'compile-version': ['OpenSSL 3.0.11 19 Sep 2023'],
  'run-version': ['OpenSSL 3.0.11 19 Sep 2023'],
  'public-key-algorithms': ['dsa', 'ecdsa', 'rsa'],
}

export const postconf: HostCommand = {
  name: 'postconf',
  async run(input) {
    const reading = readOptions(input.words.slice(1))
    if (!reading.ok) return { stdout: '', stderr: `${reading.lines.join('\n')}\n`, exit: 1 }
    const { options } = reading
    const { letters } = options
    const output = createOutput()
    const has = (group: string) => Array.from(group).some((letter) => letters.has(letter))
    const [templateFile = ''] = options.names
    try {
      const list = Array.from('aAlm').find((letter) => letters.has(letter))
      if (list !== undefined) {
        for (const word of (lists[list] ?? '').split(' ')) output.line(word)
      } else if (options.tlsMode !== null) {
        const lines = tlsModes[options.tlsMode]
        if (!lines) {
          output.warn(`unknown 'postconf -T' mode: ${options.tlsMode}`)
          return output.result(1)
        }
        for (const line of lines) output.line(line)
      } else if (has('t')) {
        await showTemplates(templateFile, input.box.machine, output)
      } else if (has('b')) {
        const configuration = await readConfiguration(input, options, output, 'files')
        await showExpandedTemplates(templateFile, input.box.machine, configuration, output)
      } else if (has('eX#')) {
        await (has('MFP') ? changeMasterCf(input, options, output) : changeMainCf(input, options, output))
      } else if (has('MFP')) {
        showServices(await readConfiguration(input, options, output, 'files'), options, output)
      } else {
        const what = has('d') ? 'defaults' : 'files'
        showParameters(await readConfiguration(input, options, output, what), options, output)
      }
      return output.result()
    } catch (error) {
      const { stdout, stderr } = output.result()
      if (error instanceof BounceFatal) {
        return { stdout, stderr: `${stderr}postfix/bounce: fatal: ${error.message}\n`, exit: 1 }
      }
      if (!(error instanceof Fatal)) throw error
      return { stdout, stderr: `${stderr}postconf: fatal: ${error.message}\n`, exit: 1 }
    }
  },
}
