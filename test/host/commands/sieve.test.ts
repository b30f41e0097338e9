// sievec and sieve-test at the shell of a host: what they print is what Pigeonhole's own print.
import { expect, test } from 'vitest'
import { mailBox } from '../mail-box.ts'

const mail = `Return-Path: <petra@out.example.test>
From: Petra <petra@out.example.test>
To: r@in.example.test
Subject: Invoice 9
Message-ID: <a@x>

a few words
`

const withScript = (script: string) => mailBox({ files: { '/root/a.sieve': script, '/root/m.eml': mail } })

test('sievec is silent about a sound script and tells a broken one apart', async () => {
  const { type } = await withScript('require "fileinto";\nfileinto "X";\n')
  expect(await type('cd /root && sievec a.sieve')).toEqual({ stdout: '', stderr: '', exit: 0 })

  const broken = await withScript('foo;\nkeep "x";\n')
  expect(await broken.type('cd /root && sievec a.sieve')).toEqual({
    stdout: '',
    stderr: `a: line 1: error: unknown command 'foo' (only reported once at first occurrence).
a: line 2: error: the keep command requires 0 positional argument(s), but 1 is/are specified.
a: error: validation failed.
sievec: Fatal: failed to compile sieve script 'a.sieve'
`,
    exit: 89,
  })
})

test('sieve-test lists what a script would do', async () => {
  const { type } = await withScript(
    'require ["fileinto","imap4flags","copy"];\naddflag ["$Junk","\\\\SEEN"];\nfileinto "A";\nredirect :copy "a@b.c";\n',
  )
  expect((await type('cd /root && sieve-test a.sieve m.eml')).stdout).toBe(`
Performed actions:

 * store message in folder: A
        + add IMAP flags: \\seen $Junk
 * redirect message to: <a@b.c>
        + preserve implicit keep

Implicit keep:

  (none)

`)
})

test('sieve-test says why a script was given up', async () => {
  const { type } = await withScript('require ["fileinto","reject"];\nfileinto "A";\nreject "no";\n')
  const { stdout, stderr } = await type('cd /root && sieve-test a.sieve m.eml')
  expect(stdout).toBe('')
  expect(stderr).toBe(
    `a: line 3: error: reject/ereject action conflicts with other action: the store action (a: line 2) tries to deliver the message.
sieve-test: Info: final result: failed; resolved with successful implicit keep
`,
  )
})

test('sieve-test follows a script step by step', async () => {
  const { type } = await withScript('if header :contains "subject" "invoice" {\n  discard;\n}\n')
  expect((await type('cd /root && sieve-test -t - a.sieve m.eml')).stdout).toContain(`
      ## Started executing script 'a'
   1: header test
   1:   finishing match with result: matched
   2: discard action
   2:   cancel implicit keep
      ## Finished executing script 'a'
`)
})
