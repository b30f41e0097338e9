// Tests of the language, each with a letter it holds for and one it does not.
import { describe, expect, test } from 'vitest'
import { invoice, runScript } from './run-script.ts'

const holds = async (condition: string, mail = invoice): Promise<boolean> =>
  !(await runScript(`if ${condition} { discard; }`, mail)).implicitKeep

describe.each([
  ['header :is "subject" "INVOICE 9"', true],
  ['header :is :comparator "i;octet" "subject" "INVOICE 9"', false],
  ['header :contains "subject" ""', true],
  ['header :contains "x-none" ""', false],
  ['header :matches "subject" "*v?ice*"', true],
  ['header :matches "subject" "invoice"', false],
  ['header :regex "subject" "^invoice ([0-9]+)$"', true],
  ['header :value "gt" :comparator "i;ascii-numeric" "subject" "5"', true],
  ['header :count "eq" ["subject","to","x-none"] "2"', true],
  ['address :domain "from" "OUT.example.test"', true],
  ['address :user "to" "bob"', true],
  ['address :detail "to" "lists"', true],
  ['address :detail "from" "lists"', false],
  ['envelope :localpart "from" "petra"', true],
  ['exists ["subject","from"]', true],
  ['exists ["subject","x-none"]', false],
  ['size :under 1K', true],
  ['size :over 1K', false],
  ['date "date" "hour" "09"', true],
  ['date :originalzone "date" "hour" "11"', true],
  ['date :zone "-0330" "date" "iso8601" "2024-02-06T05:30:00-03:30"', true],
  ['date "date" "weekday" "2"', true],
  ['date "date" "julian" "60346"', true],
  ['currentdate "date" "2026-11-24"', true],
  ['body :contains "few"', true],
  ['body :raw :contains "many"', false],
  ['string :is "${none}" ""', true],
  ['not anyof (false, not true)', true],
  ['allof (true, true, false)', false],
  ['ihave "fileinto"', true],
  ['ihave ["fileinto","nosuch"]', false],
])('%s', (condition, expected) => {
  test(expected ? 'holds for an invoice' : 'does not hold for an invoice', async () => {
    expect(await holds(condition)).toBe(expected)
  })
})

test('encoded words are read before they are compared', async () => {
  const mail = 'Subject: =?utf-8?q?caf=C3=A9?= =?utf-8?b?w6k=?=\n\n'
  expect(await holds('header :is "subject" "cafÃ©Ã©"', mail)).toBe(true)
})

test('folded lines are one line, whose fold is a blank', async () => {
  expect(await holds('header :is "x-a" "a b  c"', 'X-A: a b\n\t c\n\n')).toBe(true)
})

test('a field with no address in it is compared whole', async () => {
  expect(await holds('address "cc" "undisclosed:;"', 'Cc: undisclosed:;\n\n')).toBe(true)
})
