// What a script decides about a letter, and what it says on its way.
import { expect, test } from 'vitest'
import { foldersOf, runScript } from './run-script.ts'

test('a letter is kept when the script says nothing of it', async () => {
  const result = await runScript('if header :contains "subject" "nothing like it" { discard; }')
  expect(result).toMatchObject({ outcome: 'decided', actions: [], implicitKeep: true })
})

test('what is filed is not kept too, but a copy leaves the keep alone', async () => {
  expect((await runScript('fileinto "Work";')).implicitKeep).toBe(false)
  expect((await runScript('fileinto :copy "Work";')).implicitKeep).toBe(true)
  expect((await runScript('redirect :copy "a@b.c";')).implicitKeep).toBe(true)
  expect((await runScript('discard;')).implicitKeep).toBe(false)
})

test('one folder gets one copy, with the flags that were said last', async () => {
  const result = await runScript(
    'fileinto :flags "\\\\Seen" "A"; fileinto :flags "\\\\Flagged" "A"; keep; fileinto "inbox";',
  )
  expect(foldersOf(result)).toEqual(['A', null])
  expect(result.actions[0]).toMatchObject({ flags: ['\\Flagged'] })
})

test('an if takes the first arm that holds', async () => {
  const script = `
    if header :is "subject" "cat" { fileinto "Cat"; }
    elsif header :matches "subject" "invoice *" { fileinto "No-\${1}"; }
    else { fileinto "Rest"; }`
  expect(foldersOf(await runScript(script))).toEqual(['No-9'])
})

test('stop ends everything, return only the script it stands in', async () => {
  expect(foldersOf(await runScript('fileinto "A"; if true { stop; } fileinto "B";'))).toEqual(['A'])
  const scripts = { inner: 'require ["include","fileinto"]; fileinto "In"; return; fileinto "Never";' }
  expect(foldersOf(await runScript('include "inner"; fileinto "Out";', undefined, { scripts }))).toEqual([
    'In',
    'Out',
  ])
})

test('an included script has its own variables, and shares the global ones', async () => {
  const scripts = {
    inner: 'require ["include","variables"]; global "g"; set "g" "${g}two"; set "l" "other";',
  }
  const script = 'global "g"; set "g" "one"; set "l" "mine"; include "inner"; fileinto "${g}-${l}";'
  expect(foldersOf(await runScript(script, undefined, { scripts }))).toEqual(['onetwo-mine'])
})

test('reject and delivery exclude each other: the script is given up and the letter kept', async () => {
  const result = await runScript('fileinto "A";\nreject "no";')
  expect(result).toMatchObject({ outcome: 'failed', actions: [], implicitKeep: true })
  expect(result.log).toEqual([
    {
      severity: 'error',
      at: { script: 'main', line: 3, column: 1 },
      text: 'reject/ereject action conflicts with other action: the store action (main: line 2) tries to deliver the message',
    },
  ])
})

test('redirects and actions have a limit', async () => {
  const redirects = ['a', 'b', 'c', 'd', 'e'].map((name) => `redirect "${name}@x.y";`).join(' ')
  expect((await runScript(redirects)).log[0]?.text).toBe(
    'number of redirect actions exceeds policy limit (5 > 4)',
  )
  const folders = Array.from({ length: 33 }, (_one, i) => `fileinto "F${i}";`).join(' ')
  expect((await runScript(folders)).log[0]?.text).toBe(
    'total number of actions exceeds policy limit (33 > 32)',
  )
})

test('every test and every action is a step, with its line, its column and its own words', async () => {
  const { steps } = await runScript(
    'if allof (header :contains "subject" "invoice", not size :over 1M) {\n  fileinto "Work";\n}',
  )
  expect(steps).toEqual([
    {
      script: 'main',
      line: 2,
      column: 11,
      what: 'header :contains "subject" "invoice"',
      result: 'true (“Invoice 9” matches “invoice”)',
    },
    { script: 'main', line: 2, column: 53, what: 'size :over 1M', result: 'false' },
    { script: 'main', line: 3, column: 3, what: 'fileinto "Work"', result: 'store message in mailbox Work' },
  ])
})

test('a pattern that never ends is given up, not the server', async () => {
  const mail = `Subject: ${'a'.repeat(60)}b\n\n`
  const result = await runScript('if header :regex "subject" "^(a+)+$" { discard; }', mail)
  expect(result.implicitKeep).toBe(true)
})

test('a part of a letter is looked at on its own', async () => {
  const mail = `Subject: x
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Hello World
--b
Content-Type: image/png
Content-Disposition: attachment; filename="a.png"

x
--b--
`
  const script = `foreverypart {
    if header :mime :contenttype "content-type" "text/plain" { extracttext :first 5 "t"; fileinto "T-\${t}"; }
    if header :mime :param "filename" "content-disposition" "a.png" { fileinto "Png"; break; }
  }`
  expect(foldersOf(await runScript(script, mail))).toEqual(['T-Hello', 'Png'])
})
